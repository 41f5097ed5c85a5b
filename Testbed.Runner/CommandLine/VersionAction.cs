using System.CommandLine;
using System.CommandLine.Invocation;
using Testbed.Node.Results;

namespace Testbed.Runner.CommandLine;

/// <summary><c>testbed --version</c>: what results state as <c>version</c> and <c>commit</c>.</summary>
internal sealed class VersionAction : SynchronousCommandLineAction
{
    public override int Invoke(ParseResult parseResult)
    {
        parseResult.InvocationConfiguration.Output.WriteLine(
            BuildFacts.Commit is { } commit ? $"{BuildFacts.Version}+{commit}" : BuildFacts.Version);
        return ExitCode.Success;
    }
}
