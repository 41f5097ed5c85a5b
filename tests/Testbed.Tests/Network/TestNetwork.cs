using Testbed.Node.Network;
using Testbed.Node.Network.Tcp;
using Testbed.Node.Time;

namespace Testbed.Tests.Network;

/// <summary>Two stacks and a wire in one small event loop, in virtual time. Timers are called on 10 ms ticks, as a kernel would.</summary>
internal sealed class TestNetwork
{
    public static readonly Ipv4Address AddressA = Ipv4Address.Parse("10.0.0.1");
    public static readonly Ipv4Address AddressB = Ipv4Address.Parse("10.0.0.2");
    private readonly PriorityQueue<(InetStack To, byte[] Frame), (long At, long Order)> _inFlight = new();
    private readonly Instant[] _wireFree = new Instant[2];
    private long _order;

    public TestNetwork(TcpSettings? a = null, TcpSettings? b = null, uint isnA = 1000, uint isnB = 5000, int mtu = 1500, int backlog = 8)
    {
        A = new InetStack(
            new InetSettings { Mac = new MacAddress(0x00D0B7000001), Address = AddressA, Mtu = mtu, Tcp = a ?? new TcpSettings() }, () => isnA);
        B = new InetStack(
            new InetSettings { Mac = new MacAddress(0x00D0B7000002), Address = AddressB, Mtu = mtu, Tcp = b ?? a ?? new TcpSettings() }, () => isnB);
        Listener = B.Listen(5001, backlog);
    }

    public InetStack A { get; }

    public InetStack B { get; }

    public TcpListener Listener { get; }

    public Instant Now { get; set; } = new(1_000_000_000);

    /// <summary>From end of frame to arrival.</summary>
    public Duration Delay { get; set; } = Duration.FromMicroseconds(100);

    /// <summary>Time on the wire for a byte; zero for a wire without limits.</summary>
    public Duration PerByte { get; set; }

    /// <summary>What becomes of a frame: the delays and bytes of the copies that arrive. Null for a good wire.</summary>
    public Func<bool, OutgoingFrame, IEnumerable<(Duration Extra, byte[] Bytes)>>? Fate { get; set; }

    /// <summary>Everything that was sent: whether by A, when, and the frame.</summary>
    public List<(bool FromA, Instant At, OutgoingFrame Frame)> Sent { get; } = [];

    /// <summary>Called after every event: the processes.</summary>
    public Action? Processes { get; set; }

    /// <summary>Whether frames stay in the stacks' output until somebody takes them.</summary>
    public bool Hold { get; set; }

    public void HalfMillisecond() => Run(Duration.FromMicroseconds(500));

    public static Duration HundredMegabit => Duration.FromNanoseconds(80);

    public (TcpConnection Client, TcpConnection Server) Connect()
    {
        var client = A.Connect(AddressB, 5001, Now);
        RunUntil(() => client.State == TcpState.Established && Listener.HasPending, Duration.FromSeconds(30));
        return (client, Listener.Accept()!);
    }

    /// <summary>Runs until the condition holds; fails when it does not in time.</summary>
    public void RunUntil(Func<bool> condition, Duration limit)
    {
        var end = Now + limit;
        while (!condition())
        {
            if (!Step(end))
                Assert.Fail($"not reached by {end}: A {A.ConnectionCount} connections, {A.TcpCounters}; B {B.ConnectionCount}, {B.TcpCounters}");
        }
    }

    public void Run(Duration length)
    {
        var end = Now + length;
        while (Step(end))
        {
        }

        Now = end;
    }

    public void Pump()
    {
        if (Hold)
            return;
        Pump(A, B, 0);
        Pump(B, A, 1);
    }

    public void Deliver(InetStack to, byte[] frame, Duration after) => _inFlight.Enqueue((to, frame), ((Now + after).Nanoseconds, _order++));

    private bool Step(Instant end)
    {
        Processes?.Invoke();
        Pump();
        var timer = Instant.Min(Tick(A.NextTimer), Tick(B.NextTimer));
        var arrival = _inFlight.TryPeek(out _, out var key) ? new Instant(key.At) : Instant.Never;
        var next = Instant.Min(timer, arrival);
        if (next > end)
            return false;
        Now = Instant.Max(Now, next);
        if (arrival <= timer)
        {
            var (to, frame) = _inFlight.Dequeue();
            to.Receive(frame, Now);
        }
        else
        {
            A.OnTimer(Now);
            B.OnTimer(Now);
        }

        Processes?.Invoke();
        Pump();
        return true;
    }

    private static Instant Tick(Instant at)
    {
        const long Jiffy = 10_000_000;
        return at == Instant.Never ? at : new Instant((at.Nanoseconds + Jiffy - 1) / Jiffy * Jiffy);
    }

    private void Pump(InetStack from, InetStack to, int direction)
    {
        while (from.TryDequeue(out var frame))
        {
            from.FrameFreed(frame);
            Sent.Add((direction == 0, Now, frame));
            var start = Instant.Max(Now, _wireFree[direction]);
            var arrives = start + (PerByte * (frame.Bytes.Length + 24));
            _wireFree[direction] = arrives;
            if (Fate is null)
            {
                Deliver(to, frame.Bytes, arrives + Delay - Now);
                continue;
            }

            foreach (var (extra, bytes) in Fate(direction == 0, frame))
                Deliver(to, bytes, arrives + Delay + extra - Now);
        }
    }
}
