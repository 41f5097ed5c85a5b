using Testbed.Node.Measuring;
using Testbed.Node.Network;
using Testbed.Node.Time;

namespace Testbed.Node.Host;

/// <summary>
/// A private virtual network, VMNet's other mode (paper, section 2): the virtual machine and its host are all that is on it. The host has an interface and an
/// Internet layer on it, and may let what is for elsewhere out by its own address.
/// </summary>
/// <param name="stack">The host's Internet layer on this network.</param>
/// <param name="nat">Lets packets out to the host's other network; null if they stay here.</param>
/// <param name="reception">Is told how far a reception has come.</param>
public sealed class PrivateNetwork(InetStack stack, Nat? nat, ReceptionPath reception)
{
    private const int Bound = 4096;
    private readonly Queue<(byte[] Frame, Instant At)> _arrived = new();
    private readonly Queue<(byte[] Frame, Instant At)> _forwarded = new();

    /// <summary>The host's Internet layer on this network.</summary>
    public InetStack Stack => stack;

    /// <summary>Lets packets out to the host's other network; null if they stay here.</summary>
    public Nat? Nat => nat;

    /// <summary>When something is due.</summary>
    public Instant NextTimer => Instant.Min(stack.NextTimer, nat?.NextExpiry ?? Instant.Never);

    /// <summary>Whether a frame from the guest is for beyond this network, and may go there.</summary>
    public bool IsForOutside(ReadOnlySpan<byte> frame) =>
        nat is not null
        && EthernetFrame.Destination(frame) == stack.Settings.Mac
        && EthernetFrame.Type(frame) == EthernetFrame.TypeIpv4
        && Ipv4.TryRead(frame[EthernetFrame.HeaderLength..], out var header) != Ipv4ReadResult.Malformed
        && header.Destination != stack.Settings.Address;

    /// <summary>Does what is due.</summary>
    public void OnTimer(Instant now)
    {
        stack.OnTimer(now);
        nat?.Expire(now);
    }

    /// <summary>A frame's last bit has come in at the machine's network card.</summary>
    public void ArrivedOutside(ReadOnlyMemory<byte> frame, Instant now) => Remember(_arrived, ArrayOf(frame), now);

    /// <summary>A packet from outside has been translated, and is on its way to the guest.</summary>
    internal void Forward(ReadOnlyMemory<byte> from, byte[] translated, Instant now)
    {
        Remember(_forwarded, translated, Recall(_arrived, ArrayOf(from)) ?? now);
        stack.Forward(translated, now);
    }

    /// <summary>A frame has been built for the guest: for its times it begins here, or where it came in.</summary>
    internal void Built(byte[] frame, Instant now) => reception.Arrived(frame, Recall(_forwarded, frame) ?? now);

    private static void Remember(Queue<(byte[] Frame, Instant At)> queue, byte[] frame, Instant at)
    {
        if (queue.Count == Bound)
            queue.Dequeue();
        queue.Enqueue((frame, at));
    }

    /// <summary>Frames keep their order: those before the one that is found have been dropped.</summary>
    private static Instant? Recall(Queue<(byte[] Frame, Instant At)> queue, byte[] frame)
    {
        if (!queue.Any(entry => entry.Frame == frame))
            return null;
        while (true)
        {
            var (found, at) = queue.Dequeue();
            if (found == frame)
                return at;
        }
    }

    private static byte[] ArrayOf(ReadOnlyMemory<byte> frame) =>
        System.Runtime.InteropServices.MemoryMarshal.TryGetArray(frame, out var segment)
            ? segment.Array!
            : throw new ArgumentException("a frame is an array of bytes", nameof(frame));
}
