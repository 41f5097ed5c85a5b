using CsCheck;
using Testbed.Node.Network;
using Testbed.Node.Network.Tcp;

namespace Testbed.Tests.Network;

/// <summary>What a receiver says it takes in silence, against what it does.</summary>
public sealed class SilentReceptionTests
{
    private static readonly TcpSettings Linux = new() { Timestamps = false };

    private enum Step
    {
        Data,
        Read,
        Probe,
        Tick,
    }

    [Fact]
    public void Whatever_it_says_it_takes_in_silence_brings_no_segment_and_neither_does_reading() =>
        Gen.Select(
            Gen.Enum<Step>(),
            Gen.OneOf(Gen.Int[1, 1460], Gen.Const(1460), Gen.Const(1448), Gen.Const(1200), Gen.Const(536), Gen.Const(1)),
            Gen.Int[1, 3_000],
            Gen.Int[0, 12]).Array[1, 60].Select(
            Gen.Enum<AckRule>(),
            Gen.OneOf(Gen.Const(65_535), Gen.Const(16_384), Gen.Const(8_192), Gen.Const(4_096))).Sample((steps, rule, buffer) =>
        {
            var peer = new ScriptedPeer(Linux with { Ack = rule, ReceiveBuffer = buffer }).Accept();
            var at = 9001u;
            foreach (var (step, length, read, kind) in steps)
            {
                var silence = peer.Stack.Silence;
                switch (step)
                {
                    case Step.Data:
                        var segment = kind switch
                        {
                            10 => new Segment(at + 100, 1001, "A", Length: length),
                            11 => new Segment(at - 1, 1001, "A", Length: length),
                            12 => new Segment(at, 1002, "A", Length: length),
                            _ => new Segment(at, 1001, kind % 2 == 0 ? "A" : "PA", Length: length),
                        };
                        var isSilent = silence is { } state && state.Takes(EthernetFrame.AppendFcs(peer.Frame(segment)));
                        peer.Send(segment);
                        var sent = peer.Take();
                        if (isSilent && sent.Count > 0)
                            return false;
                        if (kind < 10 && peer.Connection.State == TcpState.Established && peer.Connection.Counters.BytesReceived == at + (uint)length - 9001u)
                            at += (uint)length;
                        break;
                    case Step.Read:
                        peer.Connection.Read(new byte[read], peer.Now);
                        if (silence is not null && peer.Take().Count > 0)
                            return false;
                        peer.Take();
                        break;
                    case Step.Probe:
                        // Two in a row, by the copy alone.
                        if (silence is not { } copy)
                            break;
                        var first = new Segment(at, 1001, "A", Length: length);
                        var second = new Segment(at + (uint)length, 1001, "A", Length: length);
                        var both = copy.Takes(EthernetFrame.AppendFcs(peer.Frame(first))) && copy.Takes(EthernetFrame.AppendFcs(peer.Frame(second)));
                        if (!both)
                            break;
                        peer.Send(first);
                        peer.Connection.Read(new byte[read], peer.Now);
                        peer.Send(second);
                        peer.Connection.Read(new byte[read], peer.Now);
                        if (peer.Take().Count > 0)
                            return false;
                        at += 2 * (uint)length;
                        break;
                    default:
                        peer.After(10).Take();
                        break;
                }
            }

            return true;
        }, iter: 2_000);

    [Fact]
    public void After_an_acknowledgment_a_chunk_of_1448_1448_1200_is_announced_silent_but_for_the_second_segment()
    {
        var peer = Warm();
        var silence = peer.Stack.Silence!.Value;
        Assert.True(silence.Takes(Frame(peer, 9101, 1448)));
        Assert.False(silence.Takes(Frame(peer, 9101 + 1448, 1448)));
    }

    [Fact]
    public void Nothing_but_the_next_segment_with_good_checksums_is_silent()
    {
        var peer = Warm();
        AssertAnswered(new Segment(9102, 1001, "A", Length: 10));
        AssertAnswered(new Segment(9100, 1001, "A", Length: 10));
        AssertAnswered(new Segment(9101, 1001, "FA", Length: 10));
        AssertAnswered(new Segment(9101, 1001, "A"));
        AssertAnswered(new Segment(9101, 1000, "A", Length: 10));
        var flipped = Frame(peer, 9101, 10);
        flipped[60] ^= 1;
        Assert.False(peer.Stack.Silence!.Value.Takes(flipped));
        Assert.True(peer.Stack.Silence!.Value.Takes(Frame(peer, 9101, 10)));

        void AssertAnswered(Segment segment) => Assert.False(peer.Stack.Silence!.Value.Takes(EthernetFrame.AppendFcs(peer.Frame(segment))));
    }

    [Fact]
    public void With_something_of_its_own_outstanding_it_cannot_tell()
    {
        var peer = Warm();
        Assert.NotNull(peer.Stack.Silence);
        peer.Write(10);
        Assert.Null(peer.Stack.Silence);
    }

    [Fact]
    public void While_reading_may_open_the_window_it_cannot_tell()
    {
        var peer = Warm();
        var at = 9101u;
        while (peer.Connection.ReceiveWindow > 16_000)
        {
            peer.Send(new Segment(at, 1001, "A", Length: 1000)).Take();
            at += 1000;
        }

        peer.Send(new Segment(at, 1001, "A", Length: 1000)).Take();
        Assert.Null(peer.Stack.Silence);
    }

    private static ScriptedPeer Warm()
    {
        // The first segment of a connection is acknowledged at once.
        var peer = new ScriptedPeer(Linux).Accept(mss: 1448);
        peer.Send(new Segment(9001, 1001, "A", Length: 100));
        peer.One();
        return peer;
    }

    private static byte[] Frame(ScriptedPeer peer, uint at, int length) =>
        EthernetFrame.AppendFcs(peer.Frame(new Segment(at, 1001, "A", Length: length)));
}
