using Akka.Dispatch;

namespace Testbed.Node.Time;

/// <summary>An actor's turn, waiting. In a structure: an array of references has to ask, at every store, whether what is stored may be.</summary>
/// <param name="Runnable">What runs.</param>
internal readonly record struct Turn(IRunnable Runnable);
