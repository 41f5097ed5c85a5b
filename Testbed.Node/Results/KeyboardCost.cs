namespace Testbed.Node.Results;

/// <summary>What one step of a key's way cost in processor time over a run.</summary>
/// <param name="Step">The world and the step.</param>
/// <param name="Count">How often it was taken for the keyboard.</param>
/// <param name="MeanNs">What it costs each time on average, the jitter left out.</param>
/// <param name="TimeNs">Count times mean.</param>
public sealed record KeyboardCost(string Step, long Count, long MeanNs, long TimeNs);
