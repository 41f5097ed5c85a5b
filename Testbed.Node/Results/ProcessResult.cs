namespace Testbed.Node.Results;

/// <summary>What one process of a host had of the processor over a run, where several share it.</summary>
/// <param name="Name"><c>vmapp</c>, <c>program</c>, or <c>competing-1</c> and so on.</param>
/// <param name="Turns">Times that it was given the processor after another process or the idle task.</param>
/// <param name="RanNs">How long its turns were, interrupts included.</param>
/// <param name="WaitedNs">How long it could have used the processor while another had its turn.</param>
/// <param name="LongestWaitNs">The longest of these waits.</param>
public sealed record ProcessResult(string Name, long Turns, long RanNs, long WaitedNs, long LongestWaitNs);
