using System.Buffers.Binary;
using System.Net.Sockets;
using Akka.Actor;
using Akka.Remote;
using CsCheck;

namespace Testbed.Tests.Transport;

/// <summary>Peers that die, fall silent, talk nonsense or do not listen: it costs them their connection, one line in the log, and nobody else anything.</summary>
public class FaultTests
{
    private const string QuickWatch = """
        watch-failure-detector {
          heartbeat-interval = 100ms
          acceptable-heartbeat-pause = 500ms
          expected-response-after = 100ms
          unreachable-nodes-reaper-interval = 100ms
          threshold = 2
        }
        """;

    [Theory]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task A_killed_peer_is_noticed_at_once_and_heard_again_when_it_is_back(string kind)
    {
        await using var one = Peer.Start(kind);
        var two = Peer.Start(kind);
        await one.ReachesAsync(two);
        var (port, address) = (two.Port, two.Address);

        two.Kill();

        await one.SeesAsync<DisassociatedEvent>(e => e.RemoteAddress == address);
        await using var three = Peer.Start(kind, port);
        await one.ReachesAsync(three);
        await two.DisposeAsync();
    }

    [Theory]
    [MemberData(nameof(Kinds.Each), MemberType = typeof(Kinds))]
    public async Task A_watched_actor_dies_with_its_process(string kind)
    {
        await using var one = Peer.Start(kind, settings: QuickWatch);
        await using var two = Peer.Start(kind);
        await one.ReachesAsync(two);
        var watched = await one.WatchesAsync(two);

        two.Kill();

        Assert.Equal(watched, Assert.IsType<Terminated>(await one.HearsAsync()).ActorRef);
    }

    [Theory]
    [MemberData(nameof(Kinds.Each), MemberType = typeof(Kinds))]
    public async Task Nobody_there_is_an_association_error(string kind)
    {
        await using var one = Peer.Start(kind);
        await using var gone = Peer.Start(kind);
        gone.Kill();
        await gone.DisposeAsync();

        one.Tell(gone, "hello");

        Assert.Equal(gone.Address, (await one.SeesAsync<AssociationErrorEvent>()).RemoteAddress);
    }

    [Theory]
    [MemberData(nameof(Kinds.Each), MemberType = typeof(Kinds))]
    public async Task A_message_that_is_too_large_is_dropped_and_the_link_stays(string kind)
    {
        await using var one = Peer.Start(kind);
        await using var two = Peer.Start(kind);
        await one.ReachesAsync(two);

        one.Tell(two, new byte[1_000_001]);
        one.Tell(two, "next");

        Assert.Equal("next", await two.HearsAsync());
        Assert.Single(await one.LogsAsync("oversized"));
    }

    [Theory]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task A_frame_of_an_impossible_length_closes_the_connection_with_one_line(string kind)
    {
        await using var one = Peer.Start(kind);
        await using var two = Peer.Start(kind);
        await one.ReachesAsync(two);
        one.HasLostAnything();

        foreach (var length in new[] { 0, -1, int.MinValue, 1_010_000, int.MaxValue })
        {
            using var stranger = one.Connect();
            var bytes = new byte[100];
            BinaryPrimitives.WriteInt32LittleEndian(bytes, length);
            stranger.Send(bytes);
            await EndedAsync(stranger);
            await one.LogsAsync($"sent a frame of {length} bytes");
        }

        Assert.Equal(5, one.Errors.Count);
        await UndisturbedAsync(one, two);
    }

    [Theory]
    [MemberData(nameof(Kinds.Each), MemberType = typeof(Kinds))]
    public async Task Whatever_a_stranger_sends_the_others_are_not_disturbed(string kind)
    {
        await using var one = Peer.Start(kind, settings: "handshake-timeout = 300ms");
        await using var two = Peer.Start(kind);
        await one.ReachesAsync(two);
        one.HasLostAnything();

        // Anything at all; what has the form of a frame but not its content; what looks like Akka's from the outside. In one piece or several.
        var garbage = Gen.Byte.Array[0, 120];
        var framed = garbage.Select(bytes => (byte[])[.. BitConverter.GetBytes(bytes.Length), .. bytes]);
        var plausible = garbage.Select(bytes => (byte[])[.. BitConverter.GetBytes(bytes.Length + 2), 0x12, (byte)bytes.Length, .. bytes]);
        var strangers = 0;
        await Gen.OneOf(Gen.OneOf(garbage, framed).Array[1, 4], plausible.Array[1, 1]).SampleAsync(
            async pieces =>
            {
                Interlocked.Increment(ref strangers);
                using var stranger = one.Connect();
                try
                {
                    foreach (var piece in pieces)
                        await stranger.SendAsync(piece);
                    await EndedAsync(stranger);
                }
                catch (SocketException)
                {
                    // Closed while it was still talking.
                }
            },
            iter: 60,
            threads: 1);

        await UndisturbedAsync(one, two);
        Assert.Equal(60, strangers);

        // A line each: that it was malformed, naming the connection; or, of an unfinished frame, that time was up.
        var lines = one.Errors.Where(line => !line.Contains("Handshake timed out", StringComparison.Ordinal)).ToList();
        Assert.InRange(lines.Count, 1, strangers);
        var ours = lines.Where(line => line.StartsWith("the connection with ", StringComparison.Ordinal)).ToList();
        Assert.Equal(ours.Distinct(), ours);
    }

    [Theory]
    [MemberData(nameof(Kinds.Each), MemberType = typeof(Kinds))]
    public async Task Garbage_on_an_association_ends_that_association_alone(string kind)
    {
        await using var one = Peer.Start(kind);
        await using var two = Peer.Start(kind);
        await using var three = Peer.Start(kind);
        await one.ReachesAsync(two);
        await one.ReachesAsync(three);
        one.HasLostAnything();

        // To the loop's own thread it is all the same where the bytes are from: this is what a peer gone mad would have written.
        using var stranger = one.Connect();
        stranger.Send([4, 0, 0, 0, 0xff, 0xff, 0xff, 0xff]);
        await EndedAsync(stranger);

        await UndisturbedAsync(one, two);
        await UndisturbedAsync(one, three);
    }

    [Theory]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task Connections_that_say_nothing_or_stop_in_the_middle_are_closed_and_disturb_nobody(string kind)
    {
        await using var one = Peer.Start(kind, settings: "handshake-timeout = 500ms");
        await using var two = Peer.Start(kind);
        await one.ReachesAsync(two);
        one.HasLostAnything();

        List<Socket> halfOpen = [];
        for (var i = 0; i < 40; i++)
        {
            halfOpen.Add(one.Connect());

            // The first say nothing; others send part of a length, or the beginning of a frame.
            if (i % 3 > 0)
                halfOpen[^1].Send(i % 3 == 1 ? [10, 0] : [10, 0, 0, 0, 1, 2, 3]);
        }

        await one.ReachesAsync(two);
        foreach (var socket in halfOpen)
        {
            await EndedAsync(socket);
            socket.Dispose();
        }

        Assert.All(one.Errors, line => Assert.Contains("Handshake timed out", line, StringComparison.Ordinal));
        Assert.InRange(one.Errors.Count, 0, halfOpen.Count);
        await UndisturbedAsync(one, two);
    }

    [Theory]
    [MemberData(nameof(Kinds.Each), MemberType = typeof(Kinds))]
    public async Task More_connections_than_there_may_be_wait_and_disturb_nobody(string kind)
    {
        await using var one = Peer.Start(kind, settings: "handshake-timeout = 5s");
        await using var two = Peer.Start(kind);
        await one.ReachesAsync(two);

        List<Socket> many = [];
        for (var i = 0; i < Testbed.Node.Transport.Listener.MostConnections; i++)
            many.Add(one.Connect());
        await one.LogsAsync("no more connections are accepted");

        await UndisturbedAsync(one, two);
        foreach (var socket in many)
            socket.Dispose();
        await using var three = Peer.Start(kind);
        await three.ReachesAsync(one);
    }

    [Theory]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task A_peer_that_does_not_listen_costs_bounded_memory_one_line_and_its_connection(string kind)
    {
        const int Bytes = 100_000;
        await using var one = Peer.Start(kind, ofTransport: "send-queue-limit = 5000000b");
        await using var two = Peer.Start(kind);
        await using var three = Peer.Start(kind);
        await one.ReachesAsync(two);
        await one.ReachesAsync(three);
        using var hearsAgain = new ManualResetEventSlim();
        two.Loop!.Post(() => hearsAgain.Wait());
        one.HasLostAnything();
        try
        {
            for (var i = 0; i < 200; i++)
                one.Tell(two, new byte[Bytes]);
            await one.SeesAsync<DisassociatedEvent>(e => e.RemoteAddress == two.Address);

            Assert.Single(await one.LogsAsync("of which 5000000 may"));
            await one.ReachesAsync(three);
        }
        finally
        {
            hearsAgain.Set();
        }

        await one.ReachesAsync(two);
    }

    private static async Task UndisturbedAsync(Peer one, Peer two)
    {
        one.Tell(two, "undisturbed?");
        Assert.Equal("echo undisturbed?", await one.HearsAsync());
        Assert.False(one.HasLostAnything());
    }

    /// <summary>The other side closes it, with or without a last word.</summary>
    private static async Task EndedAsync(Socket socket)
    {
        using var limit = new CancellationTokenSource(Peer.Patience);
        var buffer = new byte[4096];
        try
        {
            while (await socket.ReceiveAsync(buffer, limit.Token) > 0)
            {
            }
        }
        catch (SocketException)
        {
            // Reset: closed as well.
        }
    }
}
