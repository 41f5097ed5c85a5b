using Testbed.Node.Hardware;
using Testbed.Node.Network;
using Testbed.Node.Time;

namespace Testbed.Node.Host;

/// <summary>The host on a private network with its guest (paper, section 2): a neighbour there, and the way out if it masquerades.</summary>
public sealed partial class HostKernel
{
    private PrivateNetwork? _private;
    private Activity? _toGuest;
    private Activity? _forward;

    /// <summary>VMNet is not bridged: the virtual machine is on a private network, and the host on that and its own.</summary>
    /// <param name="Network">The private network.</param>
    public sealed record JoinPrivateNetwork(PrivateNetwork Network);

    /// <inheritdoc/>
    protected override InetStack SocketStack => _private is { Nat: null } network ? network.Stack : Stack;

    /// <inheritdoc/>
    protected override Instant NextTimer => _private is { } network ? Instant.Min(Stack.NextTimer, network.NextTimer) : Stack.NextTimer;

    /// <inheritdoc/>
    protected override void OnTimer()
    {
        Stack.OnTimer(Now);
        _private?.OnTimer(Now);
    }

    private void Join(PrivateNetwork network)
    {
        _private = network;
        _toGuest = _processor.Activity(World.Host, "vmnet-deliver", "vmnet-receive");
        if (network.Nat is not null)
            _forward = Activities.Receive(FrameKind.Other).FollowedBy(_processor.Activity(World.Host, "masquerade"));
    }

    /// <summary>VMApp has written a frame: the host is its neighbour, or its way out.</summary>
    private void ReceiveFromGuest(PrivateNetwork network, byte[] frame, Action then)
    {
        if (network.IsForOutside(frame))
        {
            Execute(_forward!, () =>
            {
                if (network.Nat!.Outbound(frame, Now) is { } translated)
                    Stack.Forward(translated, Now);
                Transmit(then);
            });
            return;
        }

        var kind = InetStack.Classify(frame, out var payloadBytes);
        Execute(
            Activities.Receive(kind),
            () =>
            {
                OnReceived(network.Stack, frame);
                Transmit(then);
            },
            payloadBytes);
    }

    /// <summary>A frame has come in whose packet is the guest's.</summary>
    private void ReceiveForGuest(PrivateNetwork network, Nat nat, ReadOnlyMemory<byte> frame, Action then) => Execute(_forward!, () =>
    {
        if (nat.Inbound(frame.Span, Now) is { } translated)
            network.Forward(frame, translated, Now);
        Transmit(then);
    });

    /// <inheritdoc/>
    protected override void TransmitElsewhere(Action then)
    {
        if (_private is not { } network || !network.Stack.TryDequeue(out var frame))
        {
            then();
            return;
        }

        TransmitBy(
            Activities.Transmit(frame.Kind).FollowedBy(_toGuest!),
            () =>
            {
                network.Built(frame.Bytes, Now);
                _counters.FramesToVmNet++;
                _vmNet.Tell(new VmNet.FrameArrived(frame.Bytes));
                Transmitted(frame);
            },
            then);
    }
}
