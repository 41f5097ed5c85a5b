namespace Testbed.Node.Faults.Effects;

/// <summary>The actor throws, and its supervisor decides what becomes of it: it starts anew, or is gone for good.</summary>
public sealed record Crash : IMessageEffect
{
    /// <inheritdoc/>
    public string Name => "crash";

    /// <inheritdoc/>
    IMessageFault IMessageEffect.At(FaultedActor actor, FaultAccount account) => new Fault(actor, account);

    private sealed class Fault(FaultedActor actor, FaultAccount account) : IMessageFault
    {
        public void Strike(in Struck struck) => actor.Crash(struck, account);
    }
}
