using Akka.Actor;
using Testbed.Node.Cable;
using Testbed.Node.Time;

namespace Testbed.Node.Faults;

/// <summary>The faults at one PC and in the cable's direction that leads away from it, and what they have done there.</summary>
public sealed class PcFaults : IInterception
{
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
        var accounts = _accounts.Where(account => account.Fault.Target is FaultTarget.Actor target && target.Paths.Contains(path)).ToArray();
        return _actors[path] = accounts.Length == 0 ? null : new FaultedActor(this, actor, path, accounts);
    }

    /// <summary>The path of an actor from its PC down: what the process calls the PC's root does not matter.</summary>
    private string PathOf(IActorRef actor) => string.Join('/', [Lane.Name, .. actor.Path.Elements.Skip(2)]);
}
