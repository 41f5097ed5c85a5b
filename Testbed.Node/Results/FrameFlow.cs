using System.Text.Json.Serialization;

namespace Testbed.Node.Results;

/// <summary>The frames of one link or queue of a PC over the whole run: each that came in has left, was lost for a named reason, or is still there.</summary>
/// <param name="Name">Its name, as <c>receive ring</c>.</param>
/// <param name="FramesIn">Frames that came in, counted where they came from.</param>
/// <param name="Duplicated">Frames that came in besides those, because of faults.</param>
/// <param name="FramesOut">Frames that left, counted where they went to.</param>
/// <param name="Dropped">Frames that were lost, by cause.</param>
/// <param name="InFlight">Frames that were there when the run ended.</param>
/// <param name="Most">The most that were ever there; of a link the same as <paramref name="InFlight"/>.</param>
/// <param name="Bound">How many can be there.</param>
public sealed record FrameFlow(string Name, long FramesIn, long Duplicated, long FramesOut, CounterDictionary Dropped, long InFlight, long Most, long Bound)
{
    /// <summary>What has become of frames, by all that is known.</summary>
    [JsonIgnore]
    public long Accounted => FramesOut + Dropped.Values.Sum() + InFlight;

    /// <summary>A link between two parts that both count, and whatever of it is neither here nor there is under way.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="framesIn">Frames that were sent.</param>
    /// <param name="framesOut">Frames that came.</param>
    /// <param name="bound">How many can be under way.</param>
    /// <param name="dropped">Frames that were lost, by cause.</param>
    public static FrameFlow Link(string name, long framesIn, long framesOut, long bound, CounterDictionary? dropped = null)
    {
        var lost = dropped ?? [];
        var inFlight = Math.Max(0, framesIn - framesOut - lost.Values.Sum());
        return new(name, framesIn, 0, framesOut, lost, inFlight, inFlight, bound);
    }
}
