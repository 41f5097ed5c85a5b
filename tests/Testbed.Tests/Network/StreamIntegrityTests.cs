using CsCheck;
using Testbed.Node.Network;
using Testbed.Node.Network.Tcp;
using Testbed.Node.Time;

namespace Testbed.Tests.Network;

public sealed class StreamIntegrityTests
{
    private static readonly Gen<Schedule> GenSchedule =
        from seed in Gen.Int
        from loss in Gen.Int[0, 12]
        from duplicate in Gen.Int[0, 10]
        from corrupt in Gen.Int[0, 8]
        from late in Gen.Int[0, 30]
        from lateBy in Gen.Int[1, 40_000]
        from forward in Gen.Int[0, 120_000]
        from back in Gen.Int[0, 60_000]
        from chunk in Gen.Int[1, 9000]
        from isnA in Gen.OneOf(Gen.UInt, Gen.UInt[uint.MaxValue - 70_000, uint.MaxValue])
        from isnB in Gen.OneOf(Gen.UInt, Gen.UInt[uint.MaxValue - 70_000, uint.MaxValue])
        from rules in Gen.Int[0, 63]
        select new Schedule(seed, loss, duplicate, corrupt, late, lateBy, forward, back, Math.Max(chunk, 1 + (forward / 400)), isnA, isnB, rules);

    [Fact]
    public void Any_schedule_of_loss_duplication_reordering_corruption_and_delay_delivers_both_streams_exactly() =>
        GenSchedule.Sample(schedule => { Transfer(schedule); }, iter: 300, threads: 1);

    [Fact]
    public void A_good_wire_delivers_both_streams_exactly_without_a_retransmission()
    {
        var network = Transfer(new Schedule(1, 0, 0, 0, 0, 1, 3_000_000, 500_000, 4096, 1, 2, 0));
        Assert.Equal(0, network.A.TcpCounters.Retransmissions + network.B.TcpCounters.Retransmissions);
    }

    private static TestNetwork Transfer(Schedule schedule)
    {
        var tcp = new TcpSettings
        {
            Nagle = (NagleRule)(schedule.Rules % 3),
            Ack = (AckRule)(schedule.Rules / 3 % 3),
            Retransmission = (RetransmissionRule)(schedule.Rules / 9 % 2),
            Timestamps = schedule.Rules % 5 != 0,
            TailFilling = schedule.Rules % 4 != 3,
            WindowScaling = schedule.Rules % 7 == 1,
            ReceiveBuffer = schedule.Rules % 7 == 1 ? 300_000 : schedule.Rules % 11 == 2 ? 5000 : 65535,
            // Longer than any series of lost FINs; else the last ACK may come from a host that has forgotten the connection: a reset.
            TimeWait = Duration.FromSeconds(1000),
            ChargeFramesInDriver = schedule.Rules % 6 == 1,
        };
        var random = new Random(schedule.Seed);
        var network = new TestNetwork(tcp, isnA: schedule.IsnA, isnB: schedule.IsnB) { PerByte = TestNetwork.HundredMegabit };
        network.Fate = (_, frame) => Fate(schedule, random, frame);

        var client = network.A.Connect(TestNetwork.AddressB, 5001, network.Now);
        TcpConnection? server = null;
        StreamProcess? serverProcess = null;
        var clientProcess = new StreamProcess(client, 7);
        network.Processes = () =>
        {
            if (server is null && network.Listener.Accept() is { } accepted)
            {
                server = accepted;
                serverProcess = new StreamProcess(server, 7);
            }

            // The two directions carry the same stream content; each process checks what it reads.
            clientProcess.Read(network);
            if (client.State is TcpState.Established or TcpState.CloseWait && clientProcess.Write(schedule.Forward, schedule.Chunk, network))
                clientProcess.CloseOnce(network);
            if (serverProcess is null)
                return;
            serverProcess.Read(network, 3000);
            if (server!.State is TcpState.Established or TcpState.CloseWait && serverProcess.Write(schedule.Back, schedule.Chunk, network))
                serverProcess.CloseOnce(network);
        };
        network.RunUntil(
            () => clientProcess.SawEnd && serverProcess is { SawEnd: true } && network.A.ConnectionCount == 0 && network.B.ConnectionCount == 0,
            Duration.FromSeconds(100_000));
        Assert.Equal(schedule.Forward, serverProcess!.Received);
        Assert.Equal(schedule.Back, clientProcess.Received);
        Assert.Equal(TcpError.None, server!.Error);
        Assert.Equal(TcpError.None, client.Error);
        Assert.Equal(schedule.Forward, network.A.TcpCounters.BytesSent);
        Assert.Equal(schedule.Back, network.A.TcpCounters.BytesReceived);
        Assert.Equal(0, client.SendBufferUsed);
        Assert.Equal(0, server.SendBufferUsed);
        return network;
    }

    private static IEnumerable<(Duration Extra, byte[] Bytes)> Fate(Schedule schedule, Random random, OutgoingFrame frame)
    {
        if (random.Next(100) < schedule.LossPercent)
            yield break;
        var copies = random.Next(100) < schedule.DuplicatePercent ? 2 : 1;
        for (var i = 0; i < copies; i++)
        {
            var bytes = frame.Bytes;
            if (random.Next(100) < schedule.CorruptPercent)
            {
                // One flipped bit behind the Ethernet header: IPv4's or TCP's own checksum must catch it.
                bytes = (byte[])bytes.Clone();
                bytes[random.Next(14, bytes.Length)] ^= (byte)(1 << random.Next(8));
            }

            var extra = random.Next(100) < schedule.LatePercent ? random.Next(schedule.LateByMicroseconds) : 0;
            yield return (Duration.FromMicroseconds(extra), bytes);
        }
    }

    private sealed record Schedule(
        int Seed,
        int LossPercent,
        int DuplicatePercent,
        int CorruptPercent,
        int LatePercent,
        int LateByMicroseconds,
        int Forward,
        int Back,
        int Chunk,
        uint IsnA,
        uint IsnB,
        int Rules);
}
