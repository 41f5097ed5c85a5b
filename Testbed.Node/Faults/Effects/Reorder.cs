using Testbed.Node.Cable;
using Testbed.Node.Time;

namespace Testbed.Node.Faults.Effects;

/// <summary>Signals, or frames, that come behind overtake this one.</summary>
/// <param name="Bound">At most how many; how many it is, is drawn for each.</param>
/// <param name="Most">It comes after this long at the latest, however few have come; null for a millisecond, and for no limit on the cable, where they come soon.</param>
public sealed record Reorder(int Bound, Duration? Most) : IMessageEffect, IFrameEffect
{
    /// <summary>A signal may be the last, so that nothing overtakes it. An assumption: long against the time between two frames, short against any of TCP's timers.</summary>
    private static readonly Duration LongestWait = Duration.FromMilliseconds(1);

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

    /// <inheritdoc/>
    IFrameFault IFrameEffect.At(Lane lane, FaultAccount account, CableSettings cable) => new HeldBack(this, lane, account.Draws, cable);

    /// <summary>What comes behind is not known when a frame is announced: it is held back for as long as full frames take to come in, and with them the gap behind the last.</summary>
    private sealed class HeldBack(Reorder effect, Lane lane, RandomStream draws, CableSettings cable) : IFrameFault
    {
        public void Strike(ReadOnlyMemory<byte> frame, Instant arrival, Action<Instant, ReadOnlyMemory<byte>> arrives)
        {
            var timing = cable.TimingAt(lane.Now);
            var wait = (cable.FullFrame(timing) * (1 + draws.Below(effect.Bound))) + timing.InterFrameGap;
            arrives(arrival + (effect.Most is { } most && most < wait ? most : wait), frame);
        }
    }

    private sealed class Fault(Reorder effect, FaultedActor actor, RandomStream draws) : IMessageFault
    {
        private readonly List<Held> _held = [];

        public void Strike(in Struck struck)
        {
            var held = new Held(struck, 1 + (int)draws.Below(effect.Bound));
            _held.Add(held);
            actor.Hold(struck);
            actor.At(actor.Now + (effect.Most ?? LongestWait), () => Release(held));
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
