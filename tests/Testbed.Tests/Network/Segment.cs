using System.Buffers.Binary;
using Testbed.Node.Network;

namespace Testbed.Tests.Network;

/// <summary>A TCP segment as a test writes and reads it, independent of the code under test.</summary>
internal sealed record Segment(uint Seq, uint Ack, string Flags, int Window = 32120, int Length = 0)
{
    private const string Letters = "FSRPA";

    public int Mss { get; init; }

    public (uint Value, uint Echo)? Timestamps { get; init; }

    public int? Scale { get; init; }

    public byte[]? Payload { get; init; }

    public bool IsRetransmission { get; init; }

    public static Segment? Read(OutgoingFrame outgoing)
    {
        var frame = outgoing.Bytes;
        if (BinaryPrimitives.ReadUInt16BigEndian(frame.AsSpan(12)) != 0x0800 || frame[23] != 6)
            return null;
        var end = 14 + BinaryPrimitives.ReadUInt16BigEndian(frame.AsSpan(16));
        var tcp = frame.AsSpan(34, end - 34);
        Assert.Equal(0, NaiveChecksum.Of(frame.AsSpan(14, 20)));
        byte[] pseudo = [.. frame[26..34], 0, 6, (byte)(tcp.Length >> 8), (byte)tcp.Length, .. tcp];
        Assert.Equal(0, NaiveChecksum.Of(pseudo));
        Assert.Equal(0x40, frame[20]);
        Assert.Equal(64, frame[22]);
        Assert.All(frame[end..], x => Assert.Equal(0, x));
        var header = (tcp[12] >> 4) * 4;
        var segment = new Segment(
            BinaryPrimitives.ReadUInt32BigEndian(tcp[4..]),
            BinaryPrimitives.ReadUInt32BigEndian(tcp[8..]),
            string.Concat(Letters.Where((_, i) => (frame[47] >> i & 1) != 0)),
            BinaryPrimitives.ReadUInt16BigEndian(tcp[14..]),
            tcp.Length - header)
        {
            IsRetransmission = outgoing.IsRetransmission,
            Payload = tcp[header..].ToArray(),
        };
        for (var i = 20; i < header;)
        {
            switch (tcp[i])
            {
                case 1:
                    i++;
                    continue;
                case 2:
                    segment = segment with { Mss = BinaryPrimitives.ReadUInt16BigEndian(tcp[(i + 2)..]) };
                    break;
                case 3:
                    segment = segment with { Scale = tcp[i + 2] };
                    break;
                case 8:
                    segment = segment with
                    {
                        Timestamps = (BinaryPrimitives.ReadUInt32BigEndian(tcp[(i + 2)..]), BinaryPrimitives.ReadUInt32BigEndian(tcp[(i + 6)..])),
                    };
                    break;
                default:
                    Assert.Fail($"option {tcp[i]}");
                    break;
            }

            i += tcp[i + 1];
        }

        return segment;
    }

    /// <summary>The frame from the scripted peer to the stack.</summary>
    public byte[] ToFrame(MacAddress to, MacAddress from, Ipv4Address toIp, Ipv4Address fromIp, ushort toPort, ushort fromPort)
    {
        var options = new List<byte>();
        if (Mss > 0)
            options.AddRange([2, 4, (byte)(Mss >> 8), (byte)Mss]);
        if (Timestamps is { } t)
        {
            options.AddRange([1, 1, 8, 10]);
            options.AddRange(Big(t.Value));
            options.AddRange(Big(t.Echo));
        }

        if (Scale is { } scale)
            options.AddRange([1, 3, 3, (byte)scale]);
        var payload = Payload ?? [.. Enumerable.Range(0, Length).Select(i => (byte)i)];
        byte flags = 0;
        foreach (var letter in Flags)
            flags |= (byte)(1 << Letters.IndexOf(letter, StringComparison.Ordinal));
        byte[] tcp =
        [
            (byte)(fromPort >> 8), (byte)fromPort, (byte)(toPort >> 8), (byte)toPort, .. Big(Seq), .. Big(Ack),
            (byte)((20 + options.Count) / 4 << 4), flags, (byte)(Window >> 8), (byte)Window, 0, 0, 0, 0, .. options, .. payload,
        ];
        byte[] pseudo = [.. Big(fromIp.Bits), .. Big(toIp.Bits), 0, 6, (byte)(tcp.Length >> 8), (byte)tcp.Length, .. tcp];
        BinaryPrimitives.WriteUInt16BigEndian(tcp.AsSpan(16), NaiveChecksum.Of(pseudo));
        var frame = new byte[Math.Max(60, 34 + tcp.Length)];
        EthernetFrame.WriteHeader(frame, to, from, EthernetFrame.TypeIpv4);
        Ipv4.WriteHeader(frame.AsSpan(14), fromIp, toIp, 6, 20 + tcp.Length, 1, true);
        tcp.CopyTo(frame, 34);
        return frame;
    }

    private static byte[] Big(uint value) => [(byte)(value >> 24), (byte)(value >> 16), (byte)(value >> 8), (byte)value];
}
