namespace Testbed.Node.Results;

/// <summary>
/// What holds in every run, whatever its plan of faults and however it ended. A violation is a defect of this program, and the run has failed for it.
/// </summary>
public static class Invariants
{
    private const string Prefix = "invariant: ";

    private static readonly Func<PcReport, string?>[] OfOnePc = [Ledger, Frames, Bounds, Payload];
    private static readonly Func<PcReport, PcReport, string?>[] OfBoth = [End, (sent, received) => Cable(sent, received) ?? Cable(received, sent)];

    /// <summary>Whether a run failed because an invariant did not hold.</summary>
    public static bool IsViolation(string? failure) => failure?.StartsWith(Prefix, StringComparison.Ordinal) == true;

    /// <summary>What does not hold at one PC, in one line that begins with "invariant"; null if all does.</summary>
    public static string? Violated(PcReport report) => First(OfOnePc.Select(invariant => invariant(report)));

    /// <summary>What does not hold where both PCs' reports meet.</summary>
    /// <param name="sent">The sender's.</param>
    /// <param name="received">The receiver's.</param>
    /// <param name="isComplete">Whether the run came to its end. One that did not may have stopped at another instant on each PC, and only what each says by itself has a meaning.</param>
    public static string? Violated(PcReport sent, PcReport received, bool isComplete) =>
        Violated(sent)
        ?? Violated(received)
        ?? (isComplete || sent.VirtualNs == received.VirtualNs ? First(OfBoth.Select(invariant => invariant(sent, received))) : null);

    /// <summary>Why a run failed in which an invariant did not hold and that had ended before its end.</summary>
    public static string AndThen(string violation, string? failure) => failure is null ? violation : $"{violation} (the run had ended: {failure})";

    private static string? First(IEnumerable<string?> violations) => violations.FirstOrDefault(violation => violation is not null) is { } first ? Prefix + first : null;

    private static string? Ledger(PcReport report)
    {
        var booked = report.Node.Ledger.Sum(row => row.TimeNs);
        return booked == report.VirtualNs ? null : $"ledger of {report.Pc}: sums to {booked} ns over {report.VirtualNs} ns of virtual time";
    }

    private static string? Frames(PcReport report) => report.Node.Flows?
        .Where(flow => flow.FramesIn + flow.Duplicated != flow.Accounted)
        .Select(flow => $"frames, {flow.Name} of {report.Pc}: {flow.FramesIn + flow.Duplicated} in, {flow.Accounted} accounted for")
        .FirstOrDefault();

    private static string? Bounds(PcReport report) => report.Node.Flows?
        .Where(flow => flow.Most > flow.Bound)
        .Select(flow => $"bound, {flow.Name} of {report.Pc}: {flow.Most} frames, at most {flow.Bound} have room")
        .FirstOrDefault();

    private static string? Payload(PcReport report) => report is { PayloadVerified: false, PayloadMayDiffer: false }
        ? $"payload: what {report.Pc} received is not what was sent"
        : null;

    private static string? End(PcReport sent, PcReport received) => sent.VirtualNs == received.VirtualNs
        ? null
        : $"end: {sent.Pc} stopped at {sent.VirtualNs} ns and {received.Pc} at {received.VirtualNs} ns; both run to the same end";

    private static string? Cable(PcReport from, PcReport to)
    {
        var cable = from.Cable;
        var sent = cable["frames"] + cable["duplicated"];
        var accounted = cable["lost"] + cable["dropped"] + to.CableArrived + cable["inFlight"];
        return sent == accounted ? null : $"frames on {from.Pc} to {to.Pc}: {sent} sent, {accounted} accounted for";
    }
}
