using System.Buffers.Binary;
using Akka.Actor;
using Testbed.Node.Cable;
using Testbed.Node.Experiments;
using Testbed.Node.Faults;
using Testbed.Node.Network;
using Testbed.Node.Time;
using Testbed.Tests.Experiments;
using Testbed.Tests.Time;

namespace Testbed.Tests.Faults;

/// <summary>One end of a cable of 100 Mb/s and 500 ns with the faults of a plan, from which frames lead to the receiving PC.</summary>
public abstract class CableFaultFixture : TimelineFixture
{
    /// <summary>How long a frame of 64 bytes takes on the wire, and with the gap behind it; the same of one of 1518.</summary>
    protected const long Shortest = 5_760, ShortestAndGap = 6_720, Longest = 122_080, LongestAndGap = 123_040;

    /// <summary>Propagation.</summary>
    protected const long Delay = 500;

    private IActorRef _end = ActorRefs.Nobody;

    /// <summary>What arrives at the other end, in the order in which it does.</summary>
    protected IEnumerable<Arrived> Arrivals => Announced.OrderBy(arrived => (arrived.At, arrived.Announcement));

    protected List<Arrived> Announced { get; } = [];

    protected CableCounters Counters { get; } = new();

    protected PcFaults Faults { get; private set; } = null!;

    protected CableSettings Cable { get; private set; } = null!;

    protected FaultAccount Account => Faults.Accounts[0];

    /// <summary>A plan's cable, as an experiment's configuration gives it.</summary>
    protected void Open(params string[] plan) => Open(isSender: true, port: null, plan);

    protected void Open(bool isSender, ICablePort? port, params string[] plan)
    {
        var settings = Settings(plan);
        Cable = settings.Cable;
        Faults = new PcFaults(Lane, settings.Faults!, seed: 1, isSender) { Injector = Timeline.Root(Injector.Props(Lane, null!), "injector") };
        if (port is not null)
            Faults.AnnounceStates(port);
        _end = Timeline.Root(CableEnd.Props(Lane, Cable, seed: 1, Counters, new Outlet(Announced), Faults.OfFrames(Cable)), "cable");
    }

    protected static ExperimentSettings Settings(params string[] plan) =>
        Experiment.Settings("native-733-to-350", [.. plan.Select(set => $"faults.{set}")]);

    /// <summary>A frame begins on the wire.</summary>
    protected void Send(long ns, int number, int bytes = 64)
    {
        var frame = new byte[bytes - EthernetFrame.FcsLength];
        BinaryPrimitives.WriteInt32BigEndian(frame, number);
        Lane.Schedule(At(ns), Do(() => _end.Tell(new CableEnd.FrameStarted(EthernetFrame.AppendFcs(frame)))));
    }

    /// <summary>So many frames back to back, from number 0 on.</summary>
    protected void SendMany(int count, int bytes = 64)
    {
        var each = bytes == 64 ? ShortestAndGap : LongestAndGap;
        for (var i = 0; i < count; i++)
            Send(i * each, i, bytes);
    }

    protected sealed record Arrived(long Announcement, Instant At, byte[] Frame)
    {
        public int Number => BinaryPrimitives.ReadInt32BigEndian(Frame);

        public bool IsGood => EthernetFrame.VerifyFcs(Frame);
    }

    private sealed class Outlet(List<Arrived> arrived) : ICableOutlet
    {
        public void AnnounceFrame(long number, Instant arrival, ReadOnlyMemory<byte> frame) => arrived.Add(new(number, arrival, frame.ToArray()));

        public void AnnounceMilestone(long number, Instant arrival, Milestone milestone, Instant at) => Assert.Fail("no milestone was reached");
    }
}
