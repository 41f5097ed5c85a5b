using Google.Protobuf;
using Testbed.ExchangeNode;
using Testbed.Node.Experiments;
using Testbed.Node.Observing;
using Testbed.Node.Remoting;
using Testbed.Node.Results;
using Testbed.Node.Time;
using Testbed.Protocol;
using Testbed.Runner.TwoProcesses;

namespace Testbed.Tests.Remoting;

/// <summary>What nodes record reaches the runner whole, in pieces that it takes one by one.</summary>
public sealed class RecordingDeliveryTests
{
    private static readonly RecordingSettings Asked =
        new(true, true, Duration.FromMilliseconds(5), new Instant(7), Instant.Never);

    private static readonly Recording Recorded = new(
    [
        new(RecordingPart.HostCapture, Bytes((3 * RecordingDelivery.PieceBytes) + 17), new(5, 2, new Instant(9))),
        new(RecordingPart.Trace, Bytes(RecordingDelivery.PieceBytes), new(1, 0, Instant.Never)),
        new(RecordingPart.Timeline, ReadOnlyMemory<byte>.Empty, new(0, 0, Instant.Never)),
    ]);

    [Theory]
    [InlineData(0, null)]
    [InlineData(7, "told to fail in round 7")]
    public async Task A_recording_arrives_as_it_was_whether_the_run_failed_or_not(int failAt, string? failure)
    {
        var heard = new List<RecordingSettings?>();
        await using var sender = new TestNode(Recording(heard));
        await using var receiver = new TestNode(Recording(heard));
        var nodes = new Dictionary<string, HostPort> { ["pc-733"] = sender.At, ["pc-350"] = receiver.At };

        var outcome = await new TwoProcessRun(new TwoProcessSettings { Nodes = nodes, Recording = Asked }).RunAsync(
            new ExchangeSettings { FailAt = failAt }.ToExperiment(), new Progress<RunProgress>(), CancellationToken.None);

        Assert.Equal([Asked, Asked], heard);
        Assert.True(failure is null ? outcome.Failure is null : outcome.Failure!.EndsWith(failure, StringComparison.Ordinal), outcome.Failure);
        AssertRecorded(outcome.Sender);

        // A sender that fails may be quicker than the word that starts the receiver, of which there is nothing then.
        if (failure is null)
            AssertRecorded(outcome.Receiver);
    }

    [Fact]
    public async Task A_piece_comes_only_when_the_one_before_has_been_taken_and_the_result_comes_last()
    {
        await using var node = new TestNode(Recording([]));
        await using var runner = new Remote();
        var runId = await StartedAsync(runner, node);

        for (var number = 1L; number <= 6; number++)
        {
            var piece = await runner.HearsAsync<RecordingChunk>();
            Assert.Equal(number, piece.Number);
            Assert.InRange(piece.CalculateSize(), 1, Wire.ChunkLimitBytes);

            // Somebody else's word, and one about another piece, are none.
            runner.Tell(node, new RecordingTaken { RunId = Remote.NewRunId(), Number = number });
            runner.Tell(node, new RecordingTaken { RunId = runId, Number = number - 1 });
            runner.Tell(node, new Ping());
            Assert.IsType<Pong>(await runner.HearsAsync<IMessage>());

            // The runner of this very run still waits: the piece may have been lost with a connection.
            runner.Tell(node, new Ping { RunId = runId });
            Assert.Equal(piece, await runner.HearsAsync<RecordingChunk>());
            runner.Tell(node, new RecordingTaken { RunId = runId, Number = number });
        }

        Assert.False((await runner.HearsAsync<RunFinished>()).HasFailure);
    }

    [Fact]
    public async Task A_runner_that_goes_before_it_has_taken_everything_leaves_the_node_free()
    {
        await using var node = new TestNode(Recording([]));
        var stale = new Remote();
        await StartedAsync(stale, node, wait: TimeSpan.FromSeconds(3));
        await stale.HearsAsync<RecordingChunk>();

        await stale.DisposeAsync();

        await using var next = new Remote();
        var deadline = DateTime.UtcNow + Remote.Patience;
        while (true)
        {
            Assert.True(DateTime.UtcNow < deadline);
            next.Tell(node, Remote.Prepare(Remote.NewRunId(), PcRole.Sender, next.Address, version: "0"));
            if (!(await next.HearsRefusalAsync()).StartsWith("it is busy", StringComparison.Ordinal))
                break;
        }
    }

    [Fact]
    public async Task A_request_to_record_what_makes_no_sense_is_refused()
    {
        await using var node = new TestNode();
        await using var runner = new Remote();
        var prepare = Remote.Prepare(Remote.NewRunId(), PcRole.Sender, runner.Address);
        prepare.Recording = new RecordingRequest { TimelineBinNs = -1, UntilNs = 1 };

        runner.Tell(node, prepare);

        Assert.Equal("what it is to record makes no sense", (await runner.HearsAsync<RunRefused>()).Reason);
    }

    [Fact]
    public void Pieces_that_do_not_go_together_are_refused_in_one_line()
    {
        AssertRefused("piece 2 of its recording where 1 was due", Piece(2, RecordingChunk.Types.Part.Trace));
        AssertRefused("a piece of a recording that says nothing", Piece(1, RecordingChunk.Types.Part.Unspecified));
        AssertRefused(
            "a piece of its recording's Trace behind other parts",
            Piece(1, RecordingChunk.Types.Part.Trace),
            Piece(2, RecordingChunk.Types.Part.Timeline),
            Piece(3, RecordingChunk.Types.Part.Trace));

        static void AssertRefused(string reason, params RecordingChunk[] pieces)
        {
            var collection = new RecordingCollection();
            Assert.Equal(reason, Assert.Throws<FormatException>(() => Array.ForEach(pieces, collection.Add)).Message);
        }
    }

    [Fact]
    public void A_piece_that_comes_again_is_passed_over()
    {
        var collection = new RecordingCollection();
        foreach (var number in new[] { 1, 1, 2, 2 })
        {
            var piece = Piece(number, RecordingChunk.Types.Part.Trace);
            piece.Data = ByteString.CopyFrom((byte)number);
            collection.Add(piece);
        }

        Assert.Equal(new byte[] { 1, 2 }, collection.ToRecording().Parts[0].Bytes.ToArray());
    }

    private static async Task<string> StartedAsync(Remote runner, TestNode node, TimeSpan? wait = null)
    {
        var runId = await runner.StartReceiverAsync(node, new ExchangeSettings { Rounds = 1 }, Asked, wait);
        runner.Tell(runner.LastSender, Remote.Batch(1, 1));
        return runId;
    }

    private static void AssertRecorded(PcOutcome outcome)
    {
        Assert.Equal(Recorded.Parts.Select(p => (p.Part, p.Extent)), outcome.Recording!.Parts.Select(p => (p.Part, p.Extent)));
        foreach (var (sent, got) in Recorded.Parts.Zip(outcome.Recording.Parts))
            Assert.True(sent.Bytes.Span.SequenceEqual(got.Bytes.Span));
    }

    private static RecordingChunk Piece(long number, RecordingChunk.Types.Part part) => new() { Number = number, Part = part };

    private static byte[] Bytes(int length)
    {
        var bytes = new byte[length];
        for (var i = 0; i < length; i++)
            bytes[i] = (byte)(i * 31 >> 3);
        return bytes;
    }

    private static PcRunFactory Recording(List<RecordingSettings?> heard) => (system, experiment, role, link, recording) =>
    {
        lock (heard)
            heard.Add(recording);
        return new RecordedExchange(ExchangeRun.Create(system, experiment, role, link, recording));
    };

    /// <summary>An exchange of which something was recorded.</summary>
    private sealed class RecordedExchange(IPcRun exchange) : IPcRun
    {
        public RunProgress Progress => exchange.Progress;

        public Task<PcOutcome> Completion { get; } = CompleteAsync(exchange);

        public void Start() => exchange.Start();

        public void Receive(CableBatch batch) => exchange.Receive(batch);

        public void Abort(string reason) => exchange.Abort(reason);

        private static async Task<PcOutcome> CompleteAsync(IPcRun exchange) => await exchange.Completion with { Recording = Recorded };
    }
}
