namespace Testbed.Node.Faults.Effects;

/// <summary>The actor is gone for good, without a word.</summary>
public sealed record Stop : IMessageEffect
{
    /// <inheritdoc/>
    public string Name => "stop";

    /// <inheritdoc/>
    IMessageFault IMessageEffect.At(FaultedActor actor, FaultAccount account) => new Fault(actor, account);

    private sealed class Fault(FaultedActor actor, FaultAccount account) : IMessageFault
    {
        public void Strike(in Struck struck) => actor.End(struck, account);
    }
}
