using BenchmarkDotNet.Attributes;
using Google.Protobuf;
using Testbed.Node.Network;
using Testbed.Node.Network.Tcp;
using Testbed.Node.Time;
using Testbed.Protocol;

namespace Testbed.Bench.Micro;

/// <summary>Real packets: what a segment, its checksums and a batch on the wire take.</summary>
[MemoryDiagnoser]
public class PacketBenchmarks
{
    private static readonly Ipv4Address Here = Ipv4Address.Parse("10.0.0.1");
    private static readonly Ipv4Address There = Ipv4Address.Parse("10.0.0.2");
    private static readonly MacAddress MacHere = new(0x00D0B7000001);
    private static readonly MacAddress MacThere = new(0x00D0B7000002);
    private readonly byte[] _payload = new byte[1448];
    private readonly byte[] _room = new byte[1448];
    private readonly byte[] _frame = new byte[1514];
    private InetStack _sender = null!;
    private InetStack _receiver = null!;
    private TcpConnection _connection = null!;
    private TcpConnection _accepted = null!;
    private byte[] _batch = null!;
    private Instant _now = new(1_000_000_000);

    [GlobalSetup]
    public void Connect()
    {
        _sender = new InetStack(new InetSettings { Mac = MacHere, Address = Here, Tcp = new TcpSettings() }, () => 1);
        _receiver = new InetStack(new InetSettings { Mac = MacThere, Address = There, Tcp = new TcpSettings() }, () => 1);
        var listener = _receiver.Listen(5001, 1);
        _connection = _sender.Connect(There, 5001, _now);
        Pass();
        _accepted = listener.Accept()!;
        _batch = Wire.Write(Batch());
    }

    /// <summary>A full segment from <c>write()</c> to <c>read()</c>, with all checksums and its share of the ACKs.</summary>
    [Benchmark]
    public int Segment()
    {
        _now += new Duration(100_000);
        _connection.Write(_payload, _now);
        _connection.Push(_now);
        Pass();
        return _accepted.Read(_room, _now);
    }

    /// <summary>The Internet checksum of a full segment.</summary>
    [Benchmark]
    public ulong Checksum() => InternetChecksum.Add(0, _payload);

    /// <summary>A frame's check sequence (CRC-32).</summary>
    [Benchmark]
    public byte[] FrameCheckSequence() => EthernetFrame.AppendFcs(_frame);

    /// <summary>A batch with a full frame and a report, to bytes.</summary>
    [Benchmark]
    public byte[] ReportEncode() => Wire.Write(Batch());

    /// <summary>The same from bytes.</summary>
    [Benchmark]
    public IMessage ReportDecode() => Wire.Read(_batch, Wire.ManifestOf(_empty));

    private readonly CableBatch _empty = new();

    private CableBatch Batch() => new()
    {
        Number = 1_000,
        ProcessedThroughNs = 13_000_000_000,
        NextStartNs = 13_000_010_000,
        Announcements = { new Announcement { Number = 900, ArrivalNs = 13_000_120_000, Frame = UnsafeByteOperations.UnsafeWrap(_frame) } },
    };

    private void Pass()
    {
        bool any;
        do
        {
            any = false;
            while (_sender.TryDequeue(out var frame))
            {
                any = true;
                _receiver.Receive(frame.Bytes, _now);
            }

            while (_receiver.TryDequeue(out var frame))
            {
                any = true;
                _sender.Receive(frame.Bytes, _now);
            }
        }
        while (any);
    }
}
