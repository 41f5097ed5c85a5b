using Testbed.Node.Time;

namespace Testbed.Node.Faults.Effects;

/// <summary>Signals, or frames, that come behind overtake this one.</summary>
/// <param name="Bound">At most how many; how many it is, is drawn for each.</param>
/// <param name="Most">It comes after this long at the latest, however few have come.</param>
public sealed record Reorder(int Bound, Duration Most) : IMessageEffect
{
    /// <inheritdoc/>
    public string Name => "reorder";

    /// <inheritdoc/>
    string? IMessageEffect.Refuses(Type message) => SignalsOnly.Refuse(message);

    /// <inheritdoc/>
    bool IMessageEffect.StrikesUnnamed(object message, MessageKind kind) => kind == MessageKind.Signal;

    /// <inheritdoc/>
    IMessageFault IMessageEffect.At(FaultedActor actor, FaultAccount account)
    {
        var fault = new Fault(this, actor, account.Draws);
        actor.Passing += fault.Pass;
        return fault;
    }

    private sealed class Fault(Reorder effect, FaultedActor actor, RandomStream draws) : IMessageFault
    {
        private readonly List<Held> _held = [];

        public void Strike(in Struck struck)
        {
            var held = new Held(struck, 1 + (int)draws.Below(effect.Bound));
            _held.Add(held);
            actor.Hold(struck);
            actor.At(actor.Now + effect.Most, () => Release(held));
        }

        /// <summary>A signal is handled: one more has overtaken each that is held.</summary>
        public void Pass()
        {
            foreach (var held in _held.ToArray())
            {
                if (--held.Left == 0)
                    Release(held);
            }
        }

        private void Release(Held held)
        {
            if (_held.Remove(held))
                actor.ReleaseHeld(held.Struck);
        }
    }

    private sealed class Held(in Struck struck, int left)
    {
        public Struck Struck { get; } = struck;

        public int Left { get; set; } = left;
    }
}
