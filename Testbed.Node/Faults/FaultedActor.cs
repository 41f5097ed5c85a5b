using Akka.Actor;
using Testbed.Node.Time;

namespace Testbed.Node.Faults;

/// <summary>An actor that faults may strike: looks at each message on its way there, and holds those that come while it is paused.</summary>
internal sealed class FaultedActor : IInterceptor
{
    private readonly PcFaults _faults;
    private readonly IActorRef _actor;
    private readonly Active[] _active;
    private readonly Queue<Struck> _held = new();
    private readonly Dictionary<Type, string> _names = [];
    private readonly string _timer;
    private readonly string _step;
    private Pausing? _pause;
    private (FaultAccount By, LossKind Kind)? _gone;
    private FaultAccount? _restartedBy;

    public FaultedActor(PcFaults faults, IActorRef actor, string path, IReadOnlyList<FaultAccount> accounts)
    {
        (_faults, _actor, Path) = (faults, actor, path);
        (_timer, _step) = ($"{path} timer", $"{path} step");
        _active = [.. accounts.Where(account => account.Fault.Effect is IMessageEffect).Select(account => new Active(account, ((IMessageEffect)account.Fault.Effect).At(this, account)))];
    }

    /// <summary>Its path from the PC down.</summary>
    public string Path { get; }

    /// <summary>What became of the frames that were on their way to it.</summary>
    public FaultedFrames Frames { get; } = new();

    /// <summary>The most messages that ever waited for the end of a pause.</summary>
    public int MostHeld { get; private set; }

    /// <summary>The bound of the pause in which they did.</summary>
    public int HeldBound { get; private set; }

    /// <summary>The present instant.</summary>
    public Instant Now => _faults.Lane.Now;

    /// <summary>A signal that no fault has struck is about to be handled.</summary>
    public event Action? Passing;

    /// <inheritdoc/>
    public bool Takes(object message, IActorRef? sender)
    {
        var kind = MessageKinds.Of(message);
        if (kind == MessageKind.Setup)
            return false;
        if (_gone is { } gone)
        {
            Discard(new(message, sender, kind), gone.By, gone.Kind);
            return true;
        }

        if (_pause is not null)
        {
            WaitForResumption(new(message, sender, kind));
            return true;
        }

        foreach (var (account, fault) in _active)
        {
            if (!Matches(account.Fault, message, kind) || !account.TryStrike(NameOf(message, kind)))
                continue;
            fault.Strike(new(message, sender, kind));
            return true;
        }

        if (kind == MessageKind.Signal)
            Passing?.Invoke();
        return false;
    }

    /// <inheritdoc/>
    public void ControlIsLost()
    {
        if (_restartedBy is { } by)
            _faults.Control.Lose(by.Lose(Path, LossKind.Hung));
    }

    /// <summary>The message does not reach the actor; a thread of control that it carried is lost.</summary>
    public void Discard(in Struck struck, FaultAccount by, LossKind loss = LossKind.Hung)
    {
        if (struck.IsFrame)
            Frames.Dropped++;
        if (struck.Kind.CarriesControl())
            _faults.Control.Lose(by.Lose(Path, loss));
    }

    /// <summary>The message reaches the actor, now.</summary>
    public void Release(object message, IActorRef? sender) => _actor.Tell(new Released(message), sender);

    /// <summary>The message is held back: neither here nor there, until <see cref="ReleaseHeld"/>.</summary>
    public void Hold(in Struck struck)
    {
        if (struck.IsFrame)
            Frames.Held++;
    }

    /// <summary>A message that was held back reaches the actor, unless that is gone by now.</summary>
    public void ReleaseHeld(in Struck struck)
    {
        if (struck.IsFrame)
            Frames.Held--;
        if (_gone is { } gone)
            Discard(struck, gone.By, gone.Kind);
        else
            Release(struck.Message, struck.Sender);
    }

    /// <summary>A copy of the message reaches the actor later, besides it.</summary>
    public void ReleaseCopyAt(Instant at, in Struck struck)
    {
        if (struck.IsFrame)
            Frames.Duplicated++;
        ReleaseAt(at, struck);
    }

    /// <summary>The message reaches the actor later; a thread of control that it carries spins or sleeps until then.</summary>
    public void ReleaseAt(Instant at, in Struck struck, bool sleeps = false)
    {
        Hold(struck);
        var held = struck;
        if (struck.Kind.CarriesControl())
            _faults.Injector.Tell(new Injector.Delay(at, () => ReleaseHeld(held), sleeps ? Path : null));
        else
            At(at, () => ReleaseHeld(held));
    }

    /// <summary>Something of a fault's own, later.</summary>
    public void At(Instant at, Action step) => _faults.Injector.Tell(new Injector.Call(at, step));

    /// <summary>The actor handles nothing until an instant.</summary>
    public void Pause(Pausing pause)
    {
        _pause = pause;
        At(pause.Until, Resume);
    }

    /// <summary>The actor is gone for good: no message reaches it any more.</summary>
    public void End(in Struck struck, FaultAccount by)
    {
        Leave(by, LossKind.Stopped);
        Discard(struck, by, LossKind.Stopped);
    }

    /// <summary>The actor throws; its supervisor decides.</summary>
    public void Crash(in Struck struck, FaultAccount by)
    {
        var restarts = _faults.Control.Restarts(Path);
        if (restarts)
            _restartedBy = by;
        else
            Leave(by, LossKind.Crashed);
        Discard(struck, by, LossKind.Crashed);
        throw new InjectedCrashException(by.Fault.Name, Path, restarts);
    }

    private void Leave(FaultAccount by, LossKind kind)
    {
        _gone = (by, kind);
        by.Lose(Path, kind);
    }

    private void WaitForResumption(in Struck struck)
    {
        if (struck.Kind.CarriesControl())
        {
            ReleaseAt(_pause!.Until, struck, _pause.Sleeps);
        }
        else if (_held.Count < _pause!.Bound)
        {
            Hold(struck);
            _held.Enqueue(struck);
            if (_held.Count > MostHeld)
                (MostHeld, HeldBound) = (_held.Count, _pause.Bound);
        }
        else
        {
            _pause.Dropped();
            if (struck.IsFrame)
                Frames.Dropped++;
        }
    }

    private void Resume()
    {
        _pause!.Over();
        _pause = null;
        while (_held.TryDequeue(out var held))
            ReleaseHeld(held);
    }

    private static bool Matches(Fault fault, object message, MessageKind kind) =>
        ((FaultTarget.Actor)fault.Target).Messages is { } types ? types.Contains(message.GetType()) : ((IMessageEffect)fault.Effect).StrikesUnnamed(message, kind);

    /// <summary>What a message is counted as, made once for each type: a chance to strike allocates nothing.</summary>
    private string NameOf(object message, MessageKind kind)
    {
        if (kind == MessageKind.Timer)
            return _timer;
        if (kind == MessageKind.Step)
            return _step;
        if (!_names.TryGetValue(message.GetType(), out var name))
            _names[message.GetType()] = name = $"{Path} {MessageTypes.NameOf(message.GetType())}";
        return name;
    }

    private readonly record struct Active(FaultAccount Account, IMessageFault Fault);
}

/// <summary>A message that a fault has struck.</summary>
/// <param name="Message">The message.</param>
/// <param name="Sender">Its sender; null if it has none.</param>
/// <param name="Kind">Its kind.</param>
internal readonly record struct Struck(object Message, IActorRef? Sender, MessageKind Kind)
{
    /// <summary>Whether it is a frame on its way: lost with the message, and there twice with a copy of it.</summary>
    public bool IsFrame => Kind == MessageKind.Signal && Message is ICarriesBytes;
}

/// <summary>A pause of an actor.</summary>
/// <param name="Until">When it is over.</param>
/// <param name="Bound">How many signals may wait for that.</param>
/// <param name="Sleeps">Whether a thread of control that comes to it sleeps, and does not spin.</param>
/// <param name="Dropped">Told of a signal for which there was no room.</param>
/// <param name="Over">Told when it is over.</param>
internal sealed record Pausing(Instant Until, int Bound, bool Sleeps, Action Dropped, Action Over);
