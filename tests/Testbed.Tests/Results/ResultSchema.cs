using NJsonSchema;

namespace Testbed.Tests.Results;

/// <summary>The documented format of results, to check real ones against.</summary>
internal static class ResultSchema
{
    private static readonly Lazy<Task<JsonSchema>> Schema =
        new(() => JsonSchema.FromFileAsync(Path.Combine(AppContext.BaseDirectory, "docs", "result.schema.json")));

    /// <summary>Fails with all that is wrong with a result's text.</summary>
    public static async Task AssertValidAsync(string json)
    {
        var errors = (await Schema.Value).Validate(json);
        Assert.True(errors.Count == 0, string.Join("\n", errors));
    }

    public static async Task<bool> AcceptsAsync(string json) => (await Schema.Value).Validate(json).Count == 0;
}
