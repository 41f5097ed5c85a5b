using Testbed.Node.Cable;
using Testbed.Node.Faults;
using Testbed.Node.Hardware;
using Testbed.Node.Kernel;
using Testbed.Node.Network;
using Testbed.Node.Results;
using Testbed.Node.Time;

namespace Testbed.Node.Experiments;

/// <summary>Reads a PC's report off its parts when its run has stopped.</summary>
internal static class PcReporter
{
    /// <summary>The PC's outcome.</summary>
    /// <param name="experiment">The experiment.</param>
    /// <param name="role">The PC's role in it.</param>
    /// <param name="parts">The PC.</param>
    /// <param name="stoppedAt">The instant at which it stopped.</param>
    /// <param name="sync">What keeping in step took; null in one process.</param>
    /// <param name="failure">Why it stopped before the experiment's end; null if it did not.</param>
    public static PcOutcome Outcome(
        ExperimentSettings experiment, Role role, PcParts parts, Instant stoppedAt, SyncStatistics? sync, string? failure)
    {
        parts.Ledger.TellOpen(stoppedAt);
        var report = Report(experiment, role, parts, stoppedAt);
        var violation = Invariants.Violated(report);
        var dataFrames = parts.ProgramStack.TcpCounters.DataSegmentsSent;
        return new(
            violation is null ? failure : Invariants.AndThen(violation, failure),
            report.ToJson(),
            sync is null
                ? ""
                : new NodeSync(
                    sync.Reports, sync.Requests, sync.Announcements, dataFrames, sync.Waits, sync.FruitfulWaits, decimal.Round((decimal)sync.Blocked.TotalSeconds, 3)).ToJson(),
            Defect: violation,
            Recording: parts.Recorder?.Close(stoppedAt));
    }

    private static PcReport Report(ExperimentSettings experiment, Role role, PcParts parts, Instant stoppedAt)
    {
        var whole = parts.Ledger.AsOf(stoppedAt, stoppedAt);
        var (from, to) = parts.Interval is { Started: { } started, Ended: { } ended }
            ? (started, ended)
            : (new LedgerReading(Instant.Zero, [.. whole.Select(row => row with { TimeNs = 0, Count = 0 })]), new LedgerReading(stoppedAt, whole));
        var cpu = Cpu(from, to);
        var receives = experiment.Program(role) is ProgramSettings.ReceiveNettest || experiment.HostProgram(role) is ProgramSettings.ReceiveNettest;
        var pings = experiment.Program(role) is ProgramSettings.SendPing;
        return new(
            parts.Settings.Name,
            stoppedAt.Nanoseconds,
            role == Role.Sender ? parts.Interval.Started?.At.Nanoseconds : null,
            role == Role.Receiver || experiment.ReceiverProgram is null ? parts.Interval.Ended?.At.Nanoseconds : null,
            parts.Nettest.Bytes,
            receives ? parts.Nettest.Verified : pings ? parts.Ping.Verified : null,
            new()
            {
                ["frames"] = parts.Cable.Frames,
                ["bytes"] = parts.Cable.Bytes,
                ["lost"] = parts.Cable.Lost,
                ["dropped"] = parts.Cable.Dropped,
                ["duplicated"] = parts.Cable.Duplicated,
                ["inFlight"] = parts.Cable.InFlight(stoppedAt),
            },
            pings ? new(parts.Ping.Sent, parts.Ping.RoundTrips.Count, [.. parts.Ping.RoundTrips.Select(time => time.Nanoseconds)]) : null,
            parts.Computation.Elapsed is { } elapsed ? new(parts.Computation.WorkNs, elapsed.Nanoseconds) : null,
            new(
                role == Role.Sender ? "sender" : "receiver",
                cpu.Where(row => row.Category == Ledger.Idle).Sum(row => row.Percent),
                cpu,
                [.. whole.Select(row => new LedgerTotal(Name(row.World), row.Category, row.TimeNs, row.Count))],
                Nic(parts),
                Tcp(parts),
                parts.Vm is { } vm ? VmReporter.Report(parts, vm, cpu) : null,
                parts.Lane.Digest.ToString(),
                parts.Keyboard is { } keyboard ? KeyboardReporter.Report(parts, parts.Vm!, keyboard) : null,
                parts.Processes.Count == 0 ? null : [.. parts.Processes.Select(Process)],
                parts.Vm?.PrivateNetwork?.Nat is { } nat ? Nat(nat) : null,
                parts.Faults?.Accounts.Select(Fault).ToArray(),
                FrameFlows.Of(parts)),
            parts.Cable.Arrived,
            PayloadProtection.CanBeBroken(experiment.Faults));
    }

    private static FaultResult Fault(FaultAccount account)
    {
        var hits = new CounterDictionary();
        foreach (var (what, count) in account.Hits)
            hits[what] = count;
        return new(
            account.Fault.Name,
            account.Fault.Effect.Name,
            account.Matches,
            account.Strikes,
            account.Strikes == 0 ? null : account.First.Nanoseconds,
            account.Strikes == 0 ? null : account.Last.Nanoseconds,
            account.Drops,
            hits,
            [.. account.Losses.Select(loss => new LostActor(loss.Actor, loss.Kind.ToString().ToLowerInvariant(), loss.At.Nanoseconds))]);
    }

    private static NatResult Nat(Nat nat) => new(
        nat.Flows,
        new()
        {
            ["translatedOut"] = nat.Counters.TranslatedOut,
            ["translatedIn"] = nat.Counters.TranslatedIn,
            ["flowsOpened"] = nat.Counters.FlowsOpened,
            ["flowsExpired"] = nat.Counters.FlowsExpired,
            ["mostFlows"] = nat.Counters.MostFlows,
            ["refusedFull"] = nat.Counters.RefusedFull,
            ["unsupported"] = nat.Counters.Unsupported,
            ["malformed"] = nat.Counters.Malformed,
            ["timeToLiveExceeded"] = nat.Counters.TimeToLiveExceeded,
        });

    private static ProcessResult Process(ProcessAccount process) =>
        new(process.Name, process.Turns, process.Ran.Nanoseconds, process.Waited.Nanoseconds, process.LongestWait.Nanoseconds);

    private static CpuRow[] Cpu(LedgerReading from, LedgerReading to)
    {
        var length = (to.At - from.At).Nanoseconds;
        return
        [
            .. from.Rows.Zip(to.Rows, (before, after) => CpuRow.Of(
                Name(after.World), after.Category, after.TimeNs - before.TimeNs, after.Count - before.Count, length)),
        ];
    }

    private static string? Name(World? world) => world switch
    {
        World.Host => "host",
        World.Vmm => "vmm",
        _ => null,
    };

    private static CounterDictionary Nic(PcParts parts)
    {
        var chip = parts.Chip.Counters;
        return new()
        {
            ["framesSent"] = chip.FramesSent,
            ["bytesSent"] = chip.BytesSent,
            ["framesReceived"] = chip.FramesReceived,
            ["bytesReceived"] = chip.BytesReceived,
            ["fcsErrors"] = chip.FcsErrors,
            ["filtered"] = chip.Filtered,
            ["ringFullDrops"] = chip.RingFullDrops,
            ["overruns"] = chip.Overruns,
            ["receiverIdleDrops"] = chip.ReceiverIdleDrops,
            ["refillFailures"] = parts.Kernel.RefillFailures,
            ["interruptsAskedFor"] = parts.Kernel.InterruptsAskedFor,
            ["cardResets"] = parts.Kernel.CardResets,
            ["noBufferDrops"] = parts.Kernel.NoBufferDrops,
            ["interrupts"] = chip.Interrupts,
            ["linkChanges"] = chip.LinkChanges,
            ["linkChangesSeen"] = parts.Media.Changes,
            ["backlogDrops"] = parts.Kernel.BacklogDrops,
            ["deviceQueueDrops"] = parts.Kernel.DeviceQueueDrops,
        };
    }

    private static CounterDictionary Tcp(PcParts parts)
    {
        var tcp = parts.ProgramStack.TcpCounters;
        var inet = parts.ProgramStack.Counters;
        return new()
        {
            ["segmentsSent"] = tcp.SegmentsSent,
            ["segmentsReceived"] = tcp.SegmentsReceived,
            ["dataSegmentsSent"] = tcp.DataSegmentsSent,
            ["dataSegmentsReceived"] = tcp.DataSegmentsReceived,
            ["bytesSent"] = tcp.BytesSent,
            ["bytesReceived"] = tcp.BytesReceived,
            ["acksSent"] = tcp.AcksSent,
            ["acksReceived"] = tcp.AcksReceived,
            ["retransmissions"] = tcp.Retransmissions,
            ["retransmissionTimeouts"] = tcp.RetransmissionTimeouts,
            ["fastRetransmits"] = tcp.FastRetransmits,
            ["duplicateAcks"] = tcp.DuplicateAcks,
            ["delayedAcks"] = tcp.DelayedAcks,
            ["windowUpdates"] = tcp.WindowUpdates,
            ["windowProbes"] = tcp.WindowProbes,
            ["outOfOrder"] = tcp.OutOfOrder,
            ["resetsSent"] = tcp.ResetsSent,
            ["checksumErrors"] = inet.TcpChecksumErrors,
        };
    }
}
