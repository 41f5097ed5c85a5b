using System.Diagnostics;
using Testbed.Node.Experiments;
using Testbed.Runner.Output;
using static Testbed.Runner.Output.Wording;

namespace Testbed.Runner.Studies;

/// <summary>How far a sweep has come, and how long it may still take; read and told by any thread.</summary>
/// <param name="all">Runs of the study.</param>
/// <param name="before">Runs that were there already.</param>
internal sealed class SweepProgress(int all, int before) : IProgressSource
{
    private readonly long _began = Stopwatch.GetTimestamp();
    private readonly Lock _lock = new();
    private readonly Dictionary<object, double> _under = [];
    private int _ended;

    /// <inheritdoc/>
    public double? Share
    {
        get
        {
            lock (_lock)
                return all == 0 ? 1 : (before + _ended + _under.Values.Sum()) / all;
        }
    }

    /// <summary>A run begins.</summary>
    /// <param name="run">The run.</param>
    /// <param name="bytes">What it is to deliver; null if it is not about bytes.</param>
    /// <returns>Is told how far it has come.</returns>
    public IProgress<RunProgress> Begin(object run, long? bytes)
    {
        Tell(run, 0);
        return new Of(progress => Tell(run, bytes is > 0 and var whole ? Math.Min(1, (double)progress.BytesDelivered / whole) : 0));
    }

    /// <summary>A run has ended.</summary>
    public void End(object run)
    {
        lock (_lock)
        {
            _under.Remove(run);
            _ended++;
        }
    }

    /// <summary>"<c>12 of 40 runs, 2 at a time, 35 s, about 80 s left</c>".</summary>
    public override string ToString()
    {
        var elapsed = Stopwatch.GetElapsedTime(_began).TotalSeconds;
        lock (_lock)
        {
            var own = _ended + _under.Values.Sum();
            var left = own > 0 ? Text($", about {Time(elapsed * (all - before - own) / own)} left") : "";
            return Text($"{before + _ended:#,0} of {all:#,0} runs, {Time(elapsed)}{left}");
        }
    }

    private static string Time(double seconds) =>
        seconds < 100 ? Text($"{seconds:0} s") : Text($"{Math.Floor(seconds / 60):0} min {seconds % 60:00} s");

    private void Tell(object run, double share)
    {
        lock (_lock)
        {
            // A late word of a run that has ended would bring it back.
            if (share == 0 || _under.ContainsKey(run))
                _under[run] = share;
        }
    }

    private sealed class Of(Action<RunProgress> tell) : IProgress<RunProgress>
    {
        public void Report(RunProgress value) => tell(value);
    }
}
