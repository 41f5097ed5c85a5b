using Testbed.Node.Experiments;

namespace Testbed.Runner.Output;

/// <summary>Keeps the last report only: the display looks when it is time to, and a run may report as often as it likes.</summary>
internal sealed class LatestProgress : IProgress<RunProgress>
{
    private readonly Lock _lock = new();
    private RunProgress _latest;

    public RunProgress Latest
    {
        get
        {
            lock (_lock)
                return _latest;
        }
    }

    public void Report(RunProgress value)
    {
        lock (_lock)
            _latest = value;
    }
}
