namespace Testbed.Node.Time;

/// <summary>
/// A message that announces something and carries no thread of control: an interrupt line, a frame, a doorbell, a timer.
/// It may be late, lost, doubled or out of order, and the model goes on.
/// </summary>
public interface ISignal;
