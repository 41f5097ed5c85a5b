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
public sealed record FaultResult(
    string Name, string Effect, long Matches, long Strikes, long? FirstNs, long? LastNs, long Drops, CounterDictionary Hits);
