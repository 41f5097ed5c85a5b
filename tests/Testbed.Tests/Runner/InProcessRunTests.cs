using Testbed.Runner;

namespace Testbed.Tests.Runner;

public sealed class InProcessRunTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task What_was_made_ready_and_not_used_is_ended()
    {
        var mode = new InProcessRun();
        mode.GetReady();
        var starting = mode.Ready!;

        await mode.DisposeAsync();

        Assert.Null(mode.Ready);
        var system = await starting.WaitAsync(Patience);
        await system.WhenTerminated.WaitAsync(Patience);
    }
}
