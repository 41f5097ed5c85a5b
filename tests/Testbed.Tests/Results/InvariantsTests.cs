using Testbed.Node.Results;

namespace Testbed.Tests.Results;

/// <summary>What must hold in every run, and what is said of it when it does not.</summary>
public sealed class InvariantsTests
{
    private static readonly WallFacts Wall = new("in-process", DateTime.UnixEpoch, 1.5);

    [Fact]
    public void Reports_that_agree_violate_nothing() => Assert.Null(Invariants.Violated(SampleReports.Sender(), SampleReports.Receiver(), isComplete: true));

    [Fact]
    public void A_frame_that_the_cable_has_lost_for_no_reason_is_missed() => Violates(
        "invariant: frames on pc-733 to pc-350: 72817 sent, 72815 accounted for",
        SampleReports.Sender(),
        SampleReports.Receiver() with { CableArrived = 72_815 });

    [Theory]
    [InlineData("lost")]
    [InlineData("dropped")]
    [InlineData("inFlight")]
    public void A_frame_that_was_lost_for_a_reason_or_is_under_way_is_not_missed(string counter)
    {
        var sender = SampleReports.Sender();
        sender.Cable[counter] = 2;
        Assert.Null(Invariants.Violated(sender, SampleReports.Receiver() with { CableArrived = 72_815 }, isComplete: true));
    }

    [Fact]
    public void A_frame_that_came_twice_is_not_missed()
    {
        var receiver = SampleReports.Receiver();
        receiver.Cable["duplicated"] = 1;
        Assert.Null(Invariants.Violated(SampleReports.Sender() with { CableArrived = 36_401 }, receiver, isComplete: true));
    }

    [Fact]
    public void A_queue_that_has_lost_a_frame_is_named() => Violates(
        "invariant: frames, backlog of pc-350: 10 in, 9 accounted for",
        SampleReports.Sender(),
        WithFlow(new("backlog", 9, 1, 6, new() { ["full"] = 2 }, 1, 1, 300)));

    [Fact]
    public void A_queue_beyond_its_bound_is_named() => Violates(
        "invariant: bound, backlog of pc-350: 301 frames, at most 300 have room",
        SampleReports.Sender(),
        WithFlow(new("backlog", 9, 0, 9, [], 0, 301, 300)));

    [Fact]
    public void A_link_on_which_more_has_come_than_was_sent_is_named() => Violates(
        "invariant: frames, driver of pc-350: 9 in, 10 accounted for",
        SampleReports.Sender(),
        WithFlow(FrameFlow.Link("driver", 9, 10, 1)));

    [Fact]
    public void A_link_on_which_more_is_missing_than_can_be_under_way_is_named() => Violates(
        "invariant: bound, driver of pc-350: 2 frames, at most 1 have room",
        SampleReports.Sender(),
        WithFlow(FrameFlow.Link("driver", 9, 7, 1)));

    [Fact]
    public void Payload_that_differs_is_a_violation_unless_the_plan_can_do_that()
    {
        var wrong = SampleReports.Receiver() with { PayloadVerified = false };
        Violates("invariant: payload: what pc-350 received is not what was sent", SampleReports.Sender(), wrong);
        Assert.Null(Invariants.Violated(SampleReports.Sender(), wrong with { PayloadMayDiffer = true }, isComplete: true));
    }

    [Fact]
    public void A_run_that_did_not_come_to_its_end_is_compared_across_the_cable_only_if_both_stopped_at_one_instant()
    {
        var receiver = SampleReports.Receiver() with { CableArrived = 1 };
        Assert.NotNull(Invariants.Violated(SampleReports.Sender(), receiver, isComplete: false));
        var earlier = receiver with { VirtualNs = 1, Node = receiver.Node with { Ledger = [new(null, "idle", 1, 1)] } };
        Assert.Null(Invariants.Violated(SampleReports.Sender(), earlier, isComplete: false));
    }

    [Fact]
    public void A_violation_comes_before_why_the_run_ended_and_both_are_said()
    {
        var result = ResultBuilder.Build(
            SampleReports.Experiment(),
            "the limit",
            SampleReports.Outcome(SampleReports.Sender()),
            SampleReports.Outcome(SampleReports.Receiver() with { CableArrived = 1 }),
            Wall);
        Assert.Equal("invariant: frames on pc-733 to pc-350: 72817 sent, 1 accounted for (the run had ended: the limit)", result.Failure);
        Assert.True(Invariants.IsViolation(result.Failure));
        Assert.False(Invariants.IsViolation("the limit"));
    }

    private static PcReport WithFlow(FrameFlow flow)
    {
        var report = SampleReports.Receiver();
        return report with { Node = report.Node with { Flows = [flow] } };
    }

    private static void Violates(string expected, PcReport sender, PcReport receiver)
    {
        Assert.Equal(expected, Invariants.Violated(sender, receiver, isComplete: true));
        var result = ResultBuilder.Build(SampleReports.Experiment(), null, SampleReports.Outcome(sender), SampleReports.Outcome(receiver), Wall);
        Assert.Equal((expected, true), (result.Failure, result.Partial));
    }
}
