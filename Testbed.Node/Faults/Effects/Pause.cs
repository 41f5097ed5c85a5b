namespace Testbed.Node.Faults.Effects;

/// <summary>The actor handles nothing until it resumes: signals wait, and a thread of control that comes to it spins or sleeps.</summary>
/// <param name="Length">How long.</param>
/// <param name="Bound">How many signals may wait; one too many is lost.</param>
/// <param name="Sleeps">Whether a thread of control sleeps for so long; else it spins.</param>
public sealed record Pause(RandomDuration Length, int Bound, bool Sleeps) : IMessageEffect
{
    /// <inheritdoc/>
    public string Name => "pause";

    /// <inheritdoc/>
    IMessageFault IMessageEffect.At(FaultedActor actor, FaultAccount account) => new Fault(this, actor, account);

    private sealed class Fault(Pause effect, FaultedActor actor, FaultAccount account) : IMessageFault
    {
        public void Strike(in Struck struck)
        {
            var since = actor.Now;
            actor.Pause(new(since + effect.Length.Draw(account.Draws), effect.Bound, effect.Sleeps, account.CountDrop, () => account.TellWork(since)));
            actor.Takes(struck.Message, struck.Sender);
        }
    }
}
