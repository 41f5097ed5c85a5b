namespace Testbed.Node.Time;

/// <summary>
/// A message that carries the processor: its receiver goes on where the sender left off, and must in turn execute, hand off
/// or halt. There is exactly one on its way in a PC at any instant.
/// </summary>
public interface IHandOff;
