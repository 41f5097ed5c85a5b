using Testbed.Node.Time;

namespace Testbed.Node.Results;

/// <summary>What one fault of a plan did at one PC, or in the cable's direction that leads away from it.</summary>
/// <param name="Name">Its name in the plan.</param>
/// <param name="Effect">Its effect, as <c>drop</c>.</param>
/// <param name="Matches">What it might have struck.</param>
/// <param name="Strikes">How many times it struck.</param>
/// <param name="FirstNs">When it first struck; null if it did not.</param>
/// <param name="LastNs">When it last struck; null if it did not.</param>
/// <param name="Drops">Signals or frames for which there was no room to wait.</param>
/// <param name="Hits">What it struck, as <c>pc-733/vmnet VmNet.FrameArrived</c>, and how many times.</param>
/// <param name="Lost">What was lost by it for good.</param>
public sealed record FaultResult(
    string Name, string Effect, long Matches, long Strikes, long? FirstNs, long? LastNs, long Drops, CounterDictionary Hits, IReadOnlyList<LostActor> Lost);

/// <summary>A component that a fault has taken out of a run for good.</summary>
/// <param name="Actor">Its path, as <c>pc-733/vmm</c>.</param>
/// <param name="How"><c>crashed</c>, <c>stopped</c>, or <c>hung</c>: what was on its way through it goes no further.</param>
/// <param name="AtNs">When, in virtual nanoseconds.</param>
public sealed record LostActor(string Actor, string How, long AtNs)
{
    /// <summary>The loss as a clause: <c>fault x has crashed pc-733/vmm at 0.5 s</c>.</summary>
    public static string Clause(string fault, string actor, string how, Instant at) => how == "hung"
        ? $"by fault {fault} {actor} hangs since {at}"
        : $"fault {fault} has {how} {actor} at {at}";
}
