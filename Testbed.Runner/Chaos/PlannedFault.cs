namespace Testbed.Runner.Chaos;

/// <summary>A fault of a random plan, as its keys will stand in HOCON.</summary>
/// <param name="Name">Its name in the plan.</param>
/// <param name="Keys">Its keys and their values.</param>
internal sealed record PlannedFault(string Name, IReadOnlyDictionary<string, string> Keys)
{
    /// <summary>The same with a key set to another value.</summary>
    public PlannedFault With(string key, string value) => this with { Keys = new Dictionary<string, string>(Keys, StringComparer.Ordinal) { [key] = value } };

    /// <summary>The same without a key.</summary>
    public PlannedFault Without(string key) =>
        this with { Keys = Keys.Where(pair => pair.Key != key).ToDictionary(StringComparer.Ordinal) };
}
