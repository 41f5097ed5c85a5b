using Akka.Actor;
using Testbed.Node.Time;

namespace Testbed.Node.Hardware;

/// <summary>
/// The PC's keyboard and the cable to its controller: somebody types, and byte by byte it goes over to the controller, whose full output buffer
/// raises interrupt line 1. It sends nothing while the output buffer is full.
/// </summary>
public sealed class Keyboard : ModelActor
{
    private readonly Typing _typing;
    private readonly Keyboard8042 _controller;
    private readonly Duration _byteTime;
    private readonly Action<byte, bool, Instant> _typed;
    private readonly Action<byte, Instant> _reachedController;
    private readonly IActorRef _interruptController;
    private bool _lineIsHigh;

    private Keyboard(Lane lane, Typing typing, Keyboard8042 controller, Duration byteTime, Action<byte, bool, Instant> typed, Action<byte, Instant> reachedController, IActorRef interruptController)
        : base(lane)
    {
        (_typing, _controller, _byteTime, _interruptController) = (typing, controller, byteTime, interruptController);
        (_typed, _reachedController) = (typed, reachedController);
    }

    /// <summary>A keyboard.</summary>
    /// <param name="lane">The PC's lane.</param>
    /// <param name="typing">What is typed.</param>
    /// <param name="controller">The controller that it is plugged in.</param>
    /// <param name="byteTime">How long a byte takes over the cable.</param>
    /// <param name="typed">Is told of each code, whether the keyboard had room for it, and when.</param>
    /// <param name="reachedController">Is told when a code is in the controller's output buffer.</param>
    /// <param name="interruptController">Where line 1 goes.</param>
    public static Props Props(
        Lane lane,
        Typing typing,
        Keyboard8042 controller,
        Duration byteTime,
        Action<byte, bool, Instant> typed,
        Action<byte, Instant> reachedController,
        IActorRef interruptController) =>
        lane.Props(() => new Keyboard(lane, typing, controller, byteTime, typed, reachedController, interruptController));

    /// <summary>Software has accessed one of the controller's ports: the line may have changed, or the keyboard's clock be free again.</summary>
    public sealed class PortAccessed : ISignal
    {
        /// <summary>The one there is.</summary>
        public static readonly PortAccessed Instance = new();
    }

    /// <inheritdoc/>
    protected override void PreStart() => AwaitStroke();

    /// <inheritdoc/>
    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Stroke:
                var stroke = _typing.Take();
                _typed(stroke.Code, _controller.Keyboard.Type(stroke.Code), Now);
                AwaitStroke();
                Send();
                break;
            case ByteSent:
                _controller.NextTransfer = Instant.Never;
                if (_controller.Transfer() is { } code)
                    _reachedController(code, Now);
                UpdateLine();
                Send();
                break;
            case PortAccessed:
                UpdateLine();
                Send();
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void AwaitStroke()
    {
        if (_typing.NextStroke != Instant.Never)
            Schedule(_typing.NextStroke, Stroke.Instance);
    }

    private void Send()
    {
        if (_controller.NextTransfer != Instant.Never || !_controller.CanTransfer)
            return;
        _controller.NextTransfer = Now + (_controller.Keyboard.NextIsRelease ? _byteTime * 2 : _byteTime);
        Schedule(_controller.NextTransfer, ByteSent.Instance);
    }

    private void UpdateLine()
    {
        if (_controller.InterruptRequested == _lineIsHigh)
            return;
        _lineIsHigh = !_lineIsHigh;
        _interruptController.Tell(new InterruptController.LineChanged(Keyboard8042.InterruptLine, _lineIsHigh));
    }

    private sealed class Stroke
    {
        public static readonly Stroke Instance = new();
    }

    private sealed class ByteSent
    {
        public static readonly ByteSent Instance = new();
    }
}
