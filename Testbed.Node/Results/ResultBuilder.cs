using System.Globalization;
using System.IO.Hashing;
using System.Text;
using System.Text.Json.Nodes;
using Testbed.Node.Configuration;
using Testbed.Node.Time;

namespace Testbed.Node.Results;

/// <summary>Puts two PCs' reports together to a result.</summary>
public static class ResultBuilder
{
    /// <summary>The result of a run, or of as much of it as there was.</summary>
    /// <param name="experiment">What was run.</param>
    /// <param name="failure">Why it did not come to its end, or null.</param>
    /// <param name="sender">The sender's outcome.</param>
    /// <param name="receiver">The receiver's outcome.</param>
    /// <param name="wall">The run as the wall clock saw it.</param>
    /// <exception cref="InvalidOperationException">The run ended well without a report: a defect.</exception>
    public static RunResult Build(
        ResolvedExperiment experiment, string? failure, PcOutcome sender, PcOutcome receiver, WallFacts wall)
    {
        var settings = HoconText.Parse(experiment.Hocon, $"experiment {experiment.Name}");
        var sent = Report(sender);
        var received = Report(receiver);
        failure = Failure(failure, sender, receiver, sent, received);
        if (failure is not null && !Invariants.IsViolation(failure))
            failure = WithLosses(failure, sent, received);
        return new(
            RunResult.CurrentFormat,
            experiment.Name,
            new SettingsReader(settings, experiment.Name).WholeNumber("seed", 0, long.MaxValue),
            BuildFacts.Version,
            BuildFacts.Commit,
            failure is not null,
            failure,
            Resolved(settings.Values),
            Merge(sent, received),
            new(
                wall.Mode,
                wall.Started.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
                decimal.Round((decimal)wall.Seconds, 3),
                Sync(settings, sender, receiver)),
            BuildFacts.Host);
    }

    /// <summary>A reason names what faults had taken out of the run by then.</summary>
    private static string WithLosses(string failure, PcReport? sent, PcReport? received)
    {
        const int MostNamed = 4;
        var clauses = new[] { sent, received }
            .SelectMany(report => report?.Node.Faults ?? [])
            .SelectMany(fault => fault.Lost.Select(lost => LostActor.Clause(fault.Name, lost.Actor, lost.How, new Instant(lost.AtNs))))
            .Where(clause => !failure.Contains(clause, StringComparison.Ordinal))
            .Take(MostNamed);
        return string.Join("; ", clauses.Prepend(failure));
    }

    private static PcReport? Report(PcOutcome outcome) =>
        outcome.DeterministicJson.Length == 0 ? null : PcReport.Parse(outcome.DeterministicJson);

    private static DeterministicPart Merge(PcReport? sent, PcReport? received)
    {
        var reports = new[] { sent, received }.OfType<PcReport>().ToArray();
        var measured = sent?.FirstByteSentNs is { } start && received?.LastByteReceivedNs is { } end ? new TransferInterval(start, end) : null;
        var verified = reports.Select(r => r.PayloadVerified).OfType<bool>().ToArray();
        var cable = new SortedDictionary<string, CounterDictionary>(StringComparer.Ordinal);
        if (sent is not null && received is not null)
        {
            (sent.Cable["arrived"], received.Cable["arrived"]) = (received.CableArrived, sent.CableArrived);
            cable[$"{sent.Pc} to {received.Pc}"] = sent.Cable;
            cable[$"{received.Pc} to {sent.Pc}"] = received.Cable;
        }

        var delivered = reports.Sum(r => r.BytesDelivered);
        var ping = reports.Select(r => r.Ping).OfType<PingResult>().FirstOrDefault();
        var compute = reports.Select(r => r.Compute).OfType<ComputeResult>().FirstOrDefault();
        return new(
            reports.Select(r => r.VirtualNs).DefaultIfEmpty().Max() / 1_000_000_000m,
            measured is null || ping is not null || compute is not null || verified.Length == 0 ? null : Share.Mbps(delivered, measured.EndNs - measured.StartNs),
            delivered,
            verified.Length == 0 ? null : verified.All(v => v),
            measured,
            ByPc(reports, r => r.Node),
            cable,
            ping,
            compute,
            Digest(reports));
    }

    /// <summary>Why the run failed; null if it did not. What each PC asserts of itself is asserted once more where the two meet, and a violation comes before all else.</summary>
    private static string? Failure(string? failure, PcOutcome sender, PcOutcome receiver, PcReport? sent, PcReport? received)
    {
        failure ??= sender.Failure ?? receiver.Failure;
        if (failure is null && (sent is null || received is null))
            throw new InvalidOperationException("The run ended well without both PCs' reports.");
        var violation = new[] { sender.Failure, receiver.Failure }.FirstOrDefault(Invariants.IsViolation);
        if (violation is not null || sent is null || received is null)
            return violation ?? failure;
        return Invariants.Violated(sent, received, failure is null) is { } found ? Invariants.AndThen(found, failure) : failure;
    }

    private static string Digest(IEnumerable<PcReport> reports)
    {
        var text = string.Concat(reports.OrderBy(r => r.Pc, StringComparer.Ordinal).Select(r => $"{r.Pc}={r.Node.Digest}\n"));
        return Convert.ToHexStringLower(XxHash128.Hash(Encoding.UTF8.GetBytes(text)));
    }

    private static SyncPart? Sync(IReadOnlyDictionary<string, Setting> settings, PcOutcome sender, PcOutcome receiver)
    {
        var nodes = new SortedDictionary<string, NodeSync>(StringComparer.Ordinal);
        if (NodeSync.Parse(sender.WallJson) is { } ofSender)
            nodes[settings["sender.pc"].Text!] = ofSender;
        if (NodeSync.Parse(receiver.WallJson) is { } ofReceiver)
            nodes[settings["receiver.pc"].Text!] = ofReceiver;
        if (nodes.Count == 0)
            return null;
        var all = nodes.Values.Aggregate((a, b) => a + b);

        // Of a lost node there are no statistics; it sent about as many requests as the other.
        var exchanges = all.Requests / nodes.Count;
        return new(
            all.Reports,
            exchanges,
            all.DataFrames == 0 ? null : Share.Ratio(exchanges, all.DataFrames),
            all.Waits == 0 ? null : Share.Ratio(all.FruitfulWaits, all.Waits),
            Share.Ratio(all.Announcements, all.Reports),
            all.BlockedSeconds,
            nodes);
    }

    private static SortedDictionary<string, T> ByPc<T>(IEnumerable<PcReport> reports, Func<PcReport, T> part) =>
        new(reports.ToDictionary(r => r.Pc, part), StringComparer.Ordinal);

    private static SortedDictionary<string, JsonNode?> Resolved(IEnumerable<Setting> settings) => new(
        settings.ToDictionary(
            s => s.Key,
            s => (JsonNode?)(s.Items is { } items
                ? new JsonArray([.. items.Select(i => (JsonNode)JsonValue.Create(i))])
                : JsonValue.Create(s.Text))),
        StringComparer.Ordinal);
}
