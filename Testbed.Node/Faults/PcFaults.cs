using Akka.Actor;
using Testbed.Node.Cable;
using Testbed.Node.Time;

namespace Testbed.Node.Faults;

/// <summary>The faults at one PC and in the cable's direction that leads away from it, and what they have done there.</summary>
public sealed class PcFaults : IInterception
{
    /// <summary>A fault that comes by itself leaves the PC this much time.</summary>
    private static readonly Duration LeastInterval = Duration.FromMicroseconds(1);

    private readonly Dictionary<string, FaultedActor?> _actors = new(StringComparer.Ordinal);
    private readonly List<FaultAccount> _accounts = [];
    private readonly bool _isSender;

    /// <summary>The faults at one PC.</summary>
    /// <param name="lane">The PC's lane.</param>
    /// <param name="plan">The plan.</param>
    /// <param name="seed">The experiment's seed.</param>
    /// <param name="isSender">Whether it is the sending PC, from which the cable leads to the receiver.</param>
    public PcFaults(Lane lane, FaultPlan plan, long seed, bool isSender)
    {
        (Lane, _isSender) = (lane, isSender);
        foreach (var fault in plan.Faults)
            _accounts.Add(new FaultAccount(lane, fault, seed));
        foreach (var account in _accounts)
            account.Join(_accounts);
    }

    /// <summary>What each fault has done here, in the order of their names.</summary>
    public IReadOnlyList<FaultAccount> Accounts => _accounts;

    /// <summary>The PC's thread of control; set before any fault can strike.</summary>
    public IControl Control { get; set; } = null!;

    /// <summary>The actor that brings back what is held; set before any fault can strike.</summary>
    public IActorRef Injector { get; set; } = ActorRefs.Nobody;

    internal Lane Lane { get; }

    /// <summary>What faults did to the frames on their way to an actor.</summary>
    /// <param name="name">Its name within the PC, as <c>nic</c>.</param>
    public FaultedFrames? FramesTo(string name) => _actors.GetValueOrDefault($"{Lane.Name}/{name}")?.Frames;

    /// <summary>The actors for which messages waited that came in a pause: the most that did, and how many may.</summary>
    public IEnumerable<(string Name, int Most, int Bound)> Mailboxes => _actors.Values
        .OfType<FaultedActor>()
        .Where(actor => actor.MostHeld > 0)
        .OrderBy(actor => actor.Path, StringComparer.Ordinal)
        .Select(actor => (actor.Path[(Lane.Name.Length + 1)..], actor.MostHeld, actor.HeldBound));

    /// <summary>The faults of frames in the cable's direction that leads away; null if there are none.</summary>
    /// <param name="cable">The cable.</param>
    public IFrameFaults? OfFrames(CableSettings cable)
    {
        var accounts = _accounts.Where(account => account.Fault.Effect is IFrameEffect && IsOnCable(account, toReceiver: _isSender)).ToArray();
        return accounts.Length == 0 ? null : new CableFaults(Lane, accounts, cable);
    }

    /// <summary>Has the cable's states seen at this PC's end of it.</summary>
    /// <param name="port">What it is plugged into.</param>
    /// <returns>Whether there are any.</returns>
    public bool AnnounceStates(ICablePort port)
    {
        var states = _accounts.Where(account => account.Fault.Effect is ICableState && IsOnCable(account, toReceiver: !_isSender)).ToArray();
        new CableStates(Lane, states).Announce(port, Injector);
        return states.Length > 0;
    }

    private static bool IsOnCable(FaultAccount account, bool toReceiver) =>
        account.Fault.Target is FaultTarget.Cable cable && (toReceiver ? cable.ToReceiver : cable.ToSender);

    /// <inheritdoc/>
    public IInterceptor? Of(IActorRef actor)
    {
        var path = PathOf(actor);
        if (_actors.TryGetValue(path, out var known))
            return known;
        var accounts = _accounts.Where(account => account.Fault is { Effect: IMessageEffect, Target: FaultTarget.Actor target } && target.Paths.Contains(path)).ToArray();
        return _actors[path] = accounts.Length == 0 ? null : new FaultedActor(this, actor, path, accounts);
    }

    /// <summary>The faults that have an effect of a component's own.</summary>
    /// <param name="component">Its name within the PC, as <c>nic</c>.</param>
    /// <param name="effect">The effect's name.</param>
    public IReadOnlyList<FaultAccount> At(string component, string effect) =>
        [.. _accounts.Where(account => account.Fault.Effect is IComponentEffect && account.Fault.Effect.Name == effect
            && account.Fault.Target is FaultTarget.Actor target && target.Paths.Contains($"{Lane.Name}/{component}"))];

    /// <summary>What a component asks whether one of these faults strikes, naming what it would strike; null if there are none.</summary>
    public Func<string, bool>? Strikes(string component, string effect)
    {
        var accounts = At(component, effect);
        return accounts.Count == 0 ? null : what => accounts.Any(account => account.TryStrike($"{Lane.Name}/{component} {what}"));
    }

    /// <summary>Has a fault strike once, when its window begins.</summary>
    public void Once(FaultAccount account, string what, Action strike) => At(account.Fault.When.From, () =>
    {
        if (account.TryStrike(what))
            strike();
    });

    /// <summary>A fault is at work for all of its window: whoever looks is told when that ends.</summary>
    public void TellWindow(FaultAccount account)
    {
        if (account.Fault.When.Until != Instant.Never)
            At(account.Fault.When.Until, () => account.TellWork(account.Fault.When.From));
    }

    /// <summary>Has a fault strike by itself, again and again, in its window.</summary>
    public void Repeatedly(FaultAccount account, string what, RandomDuration interval, Action strike)
    {
        Next(account.Fault.When.From);

        void Next(Instant from)
        {
            var drawn = interval.Draw(account.Draws);
            var at = from + (drawn > LeastInterval ? drawn : LeastInterval);
            if (at >= account.Fault.When.Until || account.IsSpent)
                return;
            At(at, () =>
            {
                if (account.TryStrike(what))
                    strike();
                Next(at);
            });
        }
    }

    /// <summary>Something of a fault's own, later.</summary>
    public void At(Instant at, Action step) => Injector.Tell(new Faults.Injector.Call(at, step));

    /// <summary>The path of an actor from its PC down: what the process calls the PC's root does not matter.</summary>
    private string PathOf(IActorRef actor) => string.Join('/', [Lane.Name, .. actor.Path.Elements.Skip(2)]);
}
