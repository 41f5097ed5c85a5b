using Testbed.Node.Network;
using Testbed.Node.Network.Tcp;
using Testbed.Node.Time;

namespace Testbed.Tests.Network;

/// <summary>One stack, and a test that plays its peer segment by segment.</summary>
internal sealed class ScriptedPeer
{
    public const uint PeerIsn = 9000;
    public const uint StackIsn = 1000;
    private static readonly Ipv4Address StackIp = Ipv4Address.Parse("10.0.0.1");
    private static readonly Ipv4Address PeerIp = Ipv4Address.Parse("10.0.0.2");
    private static readonly MacAddress StackMac = new(0x00D0B7000001);
    private static readonly MacAddress PeerMac = new(0x00D0B7000002);
    private ushort _stackPort = 5001;
    private ushort _peerPort = 1024;

    public ScriptedPeer(TcpSettings? tcp = null, uint isn = StackIsn)
    {
        Stack = new InetStack(
            new InetSettings { Mac = StackMac, Address = StackIp, Tcp = tcp ?? new TcpSettings { Timestamps = false } }, () => isn);
        Stack.Receive(Arp.RequestFrame(PeerMac, PeerIp, StackIp), Now);
        Assert.True(Stack.TryDequeue(out _));
        Listener = Stack.Listen(5001, 2);
    }

    public InetStack Stack { get; }

    public TcpListener Listener { get; }

    public Instant Now { get; set; } = new(1_000_000_000);

    public TcpConnection Connection { get; private set; } = null!;

    /// <summary>The peer opens; the stack has accepted. The peer's next sequence number is 9001, the stack's 1001.</summary>
    public ScriptedPeer Accept(int window = 32120, int mss = 1460, (uint, uint)? timestamps = null, int? scale = null)
    {
        Send(new Segment(PeerIsn, 0, "S", window) { Mss = mss, Timestamps = timestamps, Scale = scale });
        Assert.Equal("SA", One().Flags);
        Send(new Segment(PeerIsn + 1, StackIsn + 1, "A", window) { Timestamps = timestamps });
        Connection = Listener.Accept()!;
        Connection.TakeEvents();
        return this;
    }

    /// <summary>The stack opens; its SYN is still to be taken and answered.</summary>
    public ScriptedPeer Connect()
    {
        Connection = Stack.Connect(PeerIp, 7, Now);
        _peerPort = 7;
        _stackPort = Connection.Endpoints.LocalPort;
        return this;
    }

    public ScriptedPeer Send(Segment segment)
    {
        Stack.Receive(segment.ToFrame(StackMac, PeerMac, StackIp, PeerIp, _stackPort, _peerPort), Now);
        return this;
    }

    public byte[] Frame(Segment segment) => segment.ToFrame(StackMac, PeerMac, StackIp, PeerIp, _stackPort, _peerPort);

    public List<Segment> Take()
    {
        var segments = new List<Segment>();
        while (Stack.TryDequeue(out var frame))
        {
            if (Segment.Read(frame) is { } segment)
                segments.Add(segment);
        }

        return segments;
    }

    public Segment One() => Assert.Single(Take());

    public void None() => Assert.Empty(Take());

    /// <summary>Payload lengths of what the stack has sent since the last look.</summary>
    public int[] Lengths() => [.. Take().Select(s => s.Length)];

    public ScriptedPeer After(long milliseconds)
    {
        // A kernel calls timers on its ticks.
        var end = Now + Duration.FromMilliseconds(milliseconds);
        while (true)
        {
            var tick = new Instant(((Now.Nanoseconds / 10_000_000) + 1) * 10_000_000);
            if (tick > end)
                break;
            Now = tick;
            if (Stack.NextTimer <= Now)
                Stack.OnTimer(Now);
        }

        Now = end;
        return this;
    }

    /// <summary>One send call of a process: writes all of it that the buffer takes, then pushes. Returns the bytes taken.</summary>
    public int Write(int bytes)
    {
        var data = new byte[bytes];
        for (var i = 0; i < bytes; i++)
            data[i] = (byte)i;
        var written = 0;
        int taken;
        while ((taken = Connection.Write(data.AsSpan(written), Now)) > 0)
            written += taken;
        Connection.Push(Now);
        return written;
    }

    public int Read(int bytes = 65536) => Connection.Read(new byte[bytes], Now);

    /// <summary>Opens the stack's congestion window far, by acknowledging small segments one by one.</summary>
    public ScriptedPeer Warm(ref uint next, int acks = 60)
    {
        for (var i = 0; i < acks; i++)
        {
            Write(1000);
            next += 1000;
            Send(new Segment(PeerIsn + 1, next, "A"));
        }

        Take();
        return this;
    }
}
