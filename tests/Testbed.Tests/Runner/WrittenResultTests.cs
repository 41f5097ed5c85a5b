using Testbed.Node.Configuration;
using Testbed.Runner.Output;
using Testbed.Tests.Results;

namespace Testbed.Tests.Runner;

public sealed class WrittenResultTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("testbed-result-").FullName;

    private string File => Path.Combine(_folder, "result.json");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_run_is_named_by_its_folder_or_its_file()
    {
        System.IO.File.WriteAllText(File, SampleVm.Result().ToJson());
        Assert.Equal(SampleVm.Result().ToJson(), WrittenResult.Read(_folder).ToJson());
        Assert.Equal(SampleVm.Result().ToJson(), WrittenResult.Read(File).ToJson());
    }

    [Theory]
    [InlineData("{ \"format\": 1 }", "is a result of format 1, and this program reads format 2")]
    [InlineData("{ \"format\": 2 }", "is no run's result")]
    [InlineData("{ \"format\": \"2\" }", "is no run's result")]
    [InlineData("{}", "is no run's result")]
    [InlineData("[]", "is no run's result")]
    [InlineData("null", "is no run's result")]
    [InlineData("experiment", "is no run's result, and no JSON at all")]
    [InlineData("", "is no run's result")]
    [InlineData(null, "there is no result.json in it")]
    public void What_is_no_result_is_refused_in_one_line(string? text, string expected)
    {
        if (text is not null)
            System.IO.File.WriteAllText(File, text);
        var message = Assert.Throws<ConfigurationException>(() => WrittenResult.Read(_folder)).Message;
        Assert.Contains(expected, message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
    }
}
