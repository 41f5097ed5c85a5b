using Akka.Actor;
using Akka.Remote;

namespace Testbed.Tests.Transport;

/// <summary>What Akka.Remote relies on in a transport, while nothing goes wrong with the network.</summary>
public class AssociationTests
{
    [Theory]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task Messages_go_both_ways_over_what_either_side_opened(string kind)
    {
        await using var one = Peer.Start(kind);
        await using var two = Peer.Start(kind);

        one.Tell(two, "from one");
        Assert.Equal("from one", await two.HearsAsync());
        Assert.Equal("echo from one", await one.HearsAsync());
        two.Tell(one, "from two");
        Assert.Equal("from two", await one.HearsAsync());
        Assert.Equal("echo from two", await two.HearsAsync());
    }

    [Theory]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task Both_sides_may_open_at_once(string kind)
    {
        await using var one = Peer.Start(kind);
        await using var two = Peer.Start(kind);
        using var together = new Barrier(2);

        await Task.WhenAll(Task.Run(() => Open(one, two)), Task.Run(() => Open(two, one)));

        await Task.WhenAll(one.ReachesAsync(two), two.ReachesAsync(one));

        void Open(Peer from, Peer to)
        {
            together.SignalAndWait(Peer.Patience);
            from.Tell(to, "hello");
        }
    }

    [Fact]
    public async Task Cable_tcp_and_the_transport_that_comes_with_akka_understand_each_other()
    {
        await using var ours = Peer.Start("cable-tcp");
        await using var akkas = Peer.Start("dotnetty");
        await using var later = Peer.Start("dotnetty");

        ours.Tell(akkas, "from ours");
        Assert.Equal("echo from ours", await ours.HearsAsync());
        later.Tell(ours, new string('x', 500_000));
        Assert.Equal(500_000, ((string)await ours.HearsAsync()).Length);
    }

    [Theory]
    [MemberData(nameof(Kinds.Each), MemberType = typeof(Kinds))]
    public async Task The_death_of_a_watched_actor_is_told(string kind)
    {
        await using var one = Peer.Start(kind);
        await using var two = Peer.Start(kind);
        await one.ReachesAsync(two);

        var watched = await one.WatchesAsync(two);
        two.System.Stop(two.Ear);

        Assert.Equal(watched, Assert.IsType<Terminated>(await one.HearsAsync()).ActorRef);
    }

    [Theory]
    [MemberData(nameof(Kinds.Each), MemberType = typeof(Kinds))]
    public async Task A_quarantined_peer_is_heard_again_when_it_has_been_restarted(string kind)
    {
        await using var one = Peer.Start(kind);
        var two = Peer.Start(kind);
        await one.ReachesAsync(two);
        var uid = AddressUidExtension.Uid(two.System);

        ((IRemoteActorRefProvider)((ExtendedActorSystem)one.System).Provider).Quarantine(two.Address, uid);
        Assert.Equal(two.Address, (await one.SeesAsync<QuarantinedEvent>()).Address);
        await two.TellsUntilItSeesAsync<ThisActorSystemQuarantinedEvent>(one);
        var port = two.Port;
        await two.DisposeAsync();

        await using var three = Peer.Start(kind, port);
        await one.ReachesAsync(three);
        await three.ReachesAsync(one);
    }

    [Theory]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task A_link_may_be_idle_for_longer_than_the_failure_detectors_pause(string kind)
    {
        const string Impatient = "transport-failure-detector { heartbeat-interval = 100ms, acceptable-heartbeat-pause = 600ms }";
        await using var one = Peer.Start(kind, settings: Impatient);
        await using var two = Peer.Start(kind, settings: Impatient);
        await one.ReachesAsync(two);
        Assert.False(one.HasLostAnything());

        var lost = one.SeesAsync<DisassociatedEvent>();
        await Task.WhenAny(lost, Task.Delay(TimeSpan.FromSeconds(2)));

        Assert.False(lost.IsCompleted, string.Join('\n', one.Errors));
        one.Tell(two, "still there?");
        Assert.Equal("echo still there?", await one.HearsAsync());
    }

    [Theory]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task Turns_without_end_keep_neither_messages_nor_heartbeats_waiting(string kind)
    {
        const string Impatient = "transport-failure-detector { heartbeat-interval = 100ms, acceptable-heartbeat-pause = 600ms }";
        await using var one = Peer.Start(kind, settings: Impatient);
        await using var two = Peer.Start(kind, settings: Impatient);
        var over = false;
        var turns = 0L;
        two.Loop!.Request(Turn);

        await one.ReachesAsync(two);
        var lost = one.SeesAsync<DisassociatedEvent>();
        await Task.WhenAny(lost, Task.Delay(TimeSpan.FromSeconds(1)));
        Assert.False(lost.IsCompleted, string.Join('\n', one.Errors));
        one.Tell(two, "still there?");
        Assert.Equal("echo still there?", await one.HearsAsync());
        Volatile.Write(ref over, true);
        Assert.True(Volatile.Read(ref turns) > 100);

        void Turn()
        {
            turns++;
            Thread.SpinWait(1000);
            if (!Volatile.Read(ref over))
                two.Loop!.Request(Turn);
        }
    }

    [Theory]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task A_flood_of_large_messages_both_ways_loses_nothing(string kind)
    {
        const int Count = 150, Bytes = 200_000;
        await using var one = Peer.Start(kind);
        await using var two = Peer.Start(kind);
        await one.ReachesAsync(two);

        Flood(one, two);
        Flood(two, one);

        for (var i = 0; i < Count; i++)
        {
            await HearsAsync(one, i);
            await HearsAsync(two, i);
        }

        Assert.Empty(one.Errors.Concat(two.Errors));

        static void Flood(Peer from, Peer to)
        {
            for (var i = 0; i < Count; i++)
            {
                var bytes = new byte[Bytes + i];
                bytes.AsSpan().Fill((byte)i);
                from.Tell(to, bytes);
            }
        }

        static async Task HearsAsync(Peer peer, int number)
        {
            var bytes = Assert.IsType<byte[]>(await peer.HearsAsync());
            Assert.Equal(Bytes + number, bytes.Length);
            Assert.True(bytes.AsSpan().IndexOfAnyExcept((byte)number) < 0);
        }
    }

    [Theory]
    [MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task A_flood_of_small_messages_arrives_in_order_though_the_sender_ends_at_once(string kind)
    {
        const int Count = 10_000;
        var one = Peer.Start(kind, settings: "flush-wait-on-shutdown = 20s");
        await using var two = Peer.Start(kind);
        await one.ReachesAsync(two);

        for (var i = 0; i < Count; i++)
            one.At(two).Tell(i, ActorRefs.NoSender);
        await one.DisposeAsync();

        for (var i = 0; i < Count; i++)
            Assert.Equal(i, await two.HearsAsync());
    }
}
