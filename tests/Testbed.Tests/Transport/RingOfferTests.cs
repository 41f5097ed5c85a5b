using System.Net.Sockets;
using Akka.Remote.Transport;
using Google.Protobuf;
using Testbed.Node.Transport;

namespace Testbed.Tests.Transport;

/// <summary>How two processes come to share memory, or do without.</summary>
public class RingOfferTests
{
    private static readonly int Bytes = SharedStream.MemoryBytes();

    public RingOfferTests() => Skip.IfNot(OperatingSystem.IsLinux(), "memory is shared on Linux alone");

    [SkippableFact]
    public async Task An_offer_is_taken_and_its_file_is_gone()
    {
        await using var one = Peer.Start("cable-unix");
        using var stranger = one.Connect();
        using var file = RingFile.TryCreate(Bytes)!;

        Assert.Equal(RingOffer.Answer(yes: true), Offer(stranger, file.Name, Bytes));
        Assert.False(File.Exists(PathOf(file.Name)));
    }

    [SkippableFact]
    public async Task One_who_shares_nothing_says_no_and_goes_on_with_the_socket()
    {
        await using var one = Peer.Start("cable-unix alone");
        await using var two = Peer.Start("cable-unix");

        await two.ReachesAsync(one);
        await one.ReachesAsync(two);

        using var stranger = one.Connect();
        using var file = RingFile.TryCreate(Bytes)!;
        Assert.Equal(RingOffer.Answer(yes: false), Offer(stranger, file.Name, Bytes));
    }

    [SkippableFact]
    public async Task What_cannot_be_mapped_is_declined_in_silence()
    {
        await using var one = Peer.Start("cable-unix");
        using var shorter = RingFile.TryCreate(Bytes - 1)!;
        using var open = RingFile.TryCreate(Bytes)!;
        using var elsewhere = RingFile.TryCreate(Bytes)!;
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(PathOf(open.Name), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);
        var link = $"{Environment.ProcessId}-{int.MaxValue}.ring";
        File.CreateSymbolicLink(PathOf(link), PathOf(elsewhere.Name));
        try
        {
            foreach (var name in new[] { shorter.Name, open.Name, link, "1-1.ring" })
            {
                using var stranger = one.Connect();
                Assert.Equal(RingOffer.Answer(yes: false), Offer(stranger, name, Bytes));
            }
        }
        finally
        {
            File.Delete(PathOf(link));
        }

        Assert.Empty(one.Errors);
    }

    [SkippableTheory]
    [InlineData("../1-1.ring", 0)]
    [InlineData("/tmp/1-1.ring", 0)]
    [InlineData("1-1", 0)]
    [InlineData("1.ring", 0)]
    [InlineData("1-2-3.ring", 0)]
    [InlineData("-.ring", 0)]
    [InlineData("1-x.ring", 0)]
    [InlineData("1-1.ring", -1)]
    [InlineData("1-1.ring", 1)]
    [InlineData("111111111111111111111-1111111111111111111.ring", 0)]
    public async Task An_impossible_offer_closes_the_connection_with_one_line(string name, int more)
    {
        await using var one = Peer.Start("cable-unix");
        await using var two = Peer.Start("cable-unix");
        await one.ReachesAsync(two);
        one.HasLostAnything();
        using var stranger = one.Connect();

        Send(stranger, RingOffer.Of(name, Bytes + more));

        AssertClosed(stranger);
        Assert.Single(await one.LogsAsync("that are not of Akka's protocol"));
        Assert.False(one.HasLostAnything());
        await one.ReachesAsync(two);
    }

    [SkippableFact]
    public async Task Nonsense_in_the_memory_closes_the_connection_with_one_line()
    {
        await using var one = Peer.Start("cable-unix");
        await using var two = Peer.Start("cable-unix");
        await one.ReachesAsync(two);
        one.HasLostAnything();
        using var stranger = one.Connect();
        using var file = RingFile.TryCreate(Bytes)!;
        Offer(stranger, file.Name, Bytes);
        using var memory = file.Take();

        memory.NumberAt(0) = -1;
        stranger.Send([SharedStream.Bell]);

        AssertClosed(stranger);
        Assert.Single(await one.LogsAsync("nonsense in shared memory: more bytes than there is room for"));
        Assert.False(one.HasLostAnything());
        await one.ReachesAsync(two);
    }

    [SkippableFact]
    public async Task What_a_killed_peer_has_left_in_the_memory_is_still_read()
    {
        await using var one = Peer.Start("cable-unix");
        using var stranger = one.Connect();
        using var file = RingFile.TryCreate(Bytes)!;
        Offer(stranger, file.Name, Bytes);
        using var held = new ManualResetEventSlim();
        var isHeld = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        one.Loop!.Post(() =>
        {
            isHeld.SetResult();
            held.Wait();
        });
        await isHeld.Task.WaitAsync(Peer.Patience);
        using var memory = file.Take();

        var stream = new SharedStream(stranger, memory, connected: true);
        stream.Send([7, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7]);
        stranger.Dispose();
        held.Set();

        Assert.Single(await one.LogsAsync("it sent 7 bytes that are not of Akka's protocol"));
    }

    [SkippableTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Nothing_but_the_offer_is_said_until_it_is_answered(bool yes)
    {
        await using var one = Peer.Start("cable-unix");
        var (listener, port) = UnixSocketFiles.Listen(0, 1);
        ((Akka.Actor.ExtendedActorSystem)one.System).Provider.ResolveActorRef($"akka.unix://peer@127.0.0.1:{port}/user/ear")
            .Tell("hello", Akka.Actor.ActorRefs.NoSender);
        using var accepted = listener.Accept();
        listener.Dispose();
        File.Delete(UnixSocketFiles.Path(port));

        Assert.True(RingOffer.TryReadOffer(Receive(accepted), Bytes, out var name));
        Assert.Equal(0, accepted.Available);
        using var memory = yes ? RingFile.TryOpen(name, Bytes) : null;
        Send(accepted, RingOffer.Answer(yes));

        byte[] frame;
        if (memory is null)
        {
            frame = Receive(accepted);
        }
        else
        {
            using var limit = new CancellationTokenSource(Peer.Patience);
            var stream = new SharedStream(accepted, memory, connected: false);
            while (!stream.Has(SharedStream.Wanted.Bytes))
                limit.Token.ThrowIfCancellationRequested();
            var buffer = new byte[10_000];
            frame = buffer[FrameReader.LengthBytes..stream.Receive(buffer)];
        }

        Assert.True(AkkaFrame.IsPlausible(frame));
        Assert.False(File.Exists(PathOf(name)));
    }

    [SkippableFact]
    public async Task The_offer_goes_before_what_was_written_before_the_loop_opened_the_connection()
    {
        await using var one = Peer.Start("cable-unix");
        var transport = new CableUnixTransport(one.System, one.System.Settings.Config.GetConfig("akka.remote.cable-unix"));
        var (listener, port) = UnixSocketFiles.Listen(0, 1);
        var socket = UnixSocketFiles.Connect(port, Peer.Patience);
        socket.Blocking = false;
        using var accepted = listener.Accept();
        listener.Dispose();
        File.Delete(UnixSocketFiles.Path(port));
        var frame = ByteString.CopyFrom(10, 0);

        one.Loop!.Post(() =>
        {
            var connection = new Connection(transport, one.Loop, socket, one.Address, one.Address, RingFile.TryCreate(Bytes));
            connection.Handle.ReadHandlerSource.SetResult(new ActorHandleEventListener(one.Ear));
            connection.Handle.Write(frame);
            connection.Open();
        });

        Assert.True(RingOffer.TryReadOffer(Receive(accepted), Bytes, out _));
        Send(accepted, RingOffer.Answer(yes: false));
        Assert.Equal(frame, ByteString.CopyFrom(Receive(accepted)));
    }

    private static string PathOf(string name) => Path.Combine(UnixSocketFiles.Folder, name);

    private static ByteString Offer(Socket socket, string name, int bytes)
    {
        Send(socket, RingOffer.Of(name, bytes));
        return ByteString.CopyFrom(Receive(socket));
    }

    private static void Send(Socket socket, ByteString frame) => socket.Send((byte[])[.. BitConverter.GetBytes(frame.Length), .. frame]);

    /// <summary>The other end is closed; reset, if it had not read everything by then.</summary>
    private static void AssertClosed(Socket socket)
    {
        try
        {
            Assert.Equal(0, socket.Receive(new byte[10]));
        }
        catch (SocketException e)
        {
            Assert.Equal(SocketError.ConnectionReset, e.SocketErrorCode);
        }
    }

    private static byte[] Receive(Socket socket)
    {
        socket.ReceiveTimeout = (int)Peer.Patience.TotalMilliseconds;
        return Exactly(BitConverter.ToInt32(Exactly(FrameReader.LengthBytes)));

        byte[] Exactly(int count)
        {
            var bytes = new byte[count];
            for (var there = 0; there < count;)
            {
                var more = socket.Receive(bytes.AsSpan(there));
                Assert.NotEqual(0, more);
                there += more;
            }

            return bytes;
        }
    }
}
