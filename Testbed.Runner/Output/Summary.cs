using System.Text;
using Testbed.Node.Results;

namespace Testbed.Runner.Output;

/// <summary>A result as a person reads it, at 80 columns and without colour if need be.</summary>
internal sealed class Summary
{
    private const string Indent = "  ";
    private const string SenderRole = "sender";
    private readonly StringBuilder _text = new();
    private readonly RunResult _result;
    private readonly int _width;
    private readonly bool _colour;

    private Summary(RunResult result, int width, bool colour) => (_result, _width, _colour) = (result, width, colour);

    /// <summary>The summary.</summary>
    /// <param name="result">The result.</param>
    /// <param name="folder">Where it is.</param>
    /// <param name="width">Columns to keep within.</param>
    /// <param name="colour">Whether headings may be set off by colour.</param>
    public static string Of(RunResult result, string folder, int width, bool colour)
    {
        var summary = new Summary(result, width, colour);
        summary.Write(folder);
        return summary._text.ToString();
    }

    private void Write(string folder)
    {
        Heading($"{_result.Experiment}, seed {_result.Seed}{(_result.Partial ? ": PARTIAL" : "")}");
        if (_result.Failure is not null)
            Line($"failed      {_result.Failure}");
        Figures();
        var nodes = SenderFirst();
        foreach (var (pc, node) in nodes)
            Processor(pc, node);
        var sender = nodes.Select(n => n.Key).FirstOrDefault("");
        Counters("cable", _result.Deterministic.Cable.OrderByDescending(c => c.Key.StartsWith(sender + " to ", StringComparison.Ordinal)));
        Counters("network card", nodes.Select(n => KeyValuePair.Create(n.Key, n.Value.Nic)));
        Counters("TCP", nodes.Select(n => KeyValuePair.Create(n.Key, n.Value.Tcp)));
        Synchronization();
        _text.Append('\n');
        Line($"written to  {folder}");
    }

    private void Figures()
    {
        var figures = _result.Deterministic;
        if (figures.ThroughputMbps is { } throughput)
        {
            Line($"throughput  {throughput:0.00} Mb/s");
            var seconds = (figures.Measured!.EndNs - figures.Measured.StartNs) / 1e9;
            Line($"transfer    {Amount.Of(figures.BytesDelivered)} in {seconds:0.000} s of virtual time, {Verified(figures.PayloadVerified)}");
        }

        if (figures.Ping is { } ping)
        {
            Line($"replies     {ping.Received} of {ping.Sent}, {Verified(figures.PayloadVerified)}");
            if (ping.RoundTripsNs.Count > 0)
                Line($"round trip  {ping.RoundTripsNs.Min() / 1e3:0.0} / {ping.RoundTripsNs.Average() / 1e3:0.0} / {ping.RoundTripsNs.Max() / 1e3:0.0} µs (least, mean, most)");
        }

        foreach (var (pc, node) in SenderFirst())
            Line($"idle        {node.IdlePercent:0.0} % of {pc} ({node.Role})");
        Line($"time        {figures.VirtualSeconds:0.000} s virtual, {_result.Wall.Seconds:0.000} s wall ({Mode(_result.Wall.Mode)})");
    }

    private void Processor(string pc, NodeResult node)
    {
        if (node.Cpu.Count == 0)
            return;
        Heading($"{pc}: processor");
        var table = new TextTable();
        table.Add("", "share", "time", "count", "each");
        foreach (var row in node.Cpu.Where(r => r.TimeUs > 0).OrderByDescending(r => r.TimeUs).ThenBy(r => r.Category, StringComparer.Ordinal))
        {
            table.Add(
                row.World is null ? row.Category : $"{row.World}: {row.Category}",
                Text($"{row.Percent:0.00} %"),
                Text($"{row.TimeUs / 1000:#,0.000} ms"),
                Text($"{row.Count:#,0}"),
                row.Count == 0 ? "" : Text($"{row.TimeUs / row.Count:#,0.000} µs"));
        }

        Put(table);
    }

    private void Counters(string name, IEnumerable<KeyValuePair<string, CounterDictionary>> of)
    {
        var columns = of.ToArray();
        var table = new TextTable();
        table.Add(["", .. columns.Select(c => c.Key)]);
        var any = false;
        foreach (var counter in columns.SelectMany(c => c.Value.Keys).Distinct(StringComparer.Ordinal))
        {
            // What never happened is no news; the result file has it.
            if (columns.All(c => c.Value.GetValueOrDefault(counter) == 0))
                continue;
            any = true;
            table.Add([Words(counter), .. columns.Select(c => c.Value.TryGetValue(counter, out var n) ? Text($"{n:#,0}") : "")]);
        }

        if (!any)
            return;
        Heading(name);
        Put(table);
    }

    private void Synchronization()
    {
        if (_result.Wall.Sync is not { } sync)
            return;
        Heading("synchronization");
        Line($"reports     {sync.Reports:#,0} ({sync.AnnouncementsPerReport:0.00} frames in each)");
        var perDataFrame = sync.ExchangesPerDataFrame is { } ratio ? Text($" ({ratio:0.00} for each data frame)") : "";
        Line(Text($"exchanges   {sync.Exchanges:#,0}{perDataFrame}"));
        foreach (var (pc, node) in sync.Nodes)
            Line($"stopped     {node.BlockedSeconds:0.000} s on {pc}");
    }

    private KeyValuePair<string, NodeResult>[] SenderFirst() =>
        [.. _result.Deterministic.Nodes.OrderByDescending(n => n.Value.Role == SenderRole)];

    private static string Verified(bool? verified) => verified switch
    {
        true => "every byte verified",
        false => "NOT what was sent",
        null => "not verified",
    };

    private static string Mode(string mode) => mode switch
    {
        "in-process" => "in one process",
        "two-processes" => "in two processes",
        "nodes" => "on two nodes",
        "" => "not started",
        _ => mode,
    };

    /// <summary>"framesSent" as "frames sent".</summary>
    private static string Words(string counter) =>
        string.Concat(counter.Select(c => char.IsAsciiLetterUpper(c) ? $" {char.ToLowerInvariant(c)}" : c.ToString()));

    private void Heading(string text)
    {
        if (_text.Length > 0)
            _text.Append('\n');
        _text.Append(_colour ? $"\e[1;36m{text}\e[0m\n" : $"{text}\n");
    }

    /// <summary>A line with its label in the first 12 columns; what does not fit goes on under its beginning.</summary>
    private void Line(string text)
    {
        const int Label = 12;
        var room = Math.Max(_width - Indent.Length, Label + 10);
        var first = true;
        while (text.Length > 0)
        {
            var prefix = first ? "" : new string(' ', Label);
            var length = text.Length + prefix.Length <= room ? text.Length : text.LastIndexOf(' ', room - prefix.Length);
            if (length <= (first ? Label : 0))
                length = Math.Min(text.Length, room - prefix.Length);
            _text.Append(Indent).Append(prefix).Append(text.AsSpan(0, length).TrimEnd()).Append('\n');
            text = text[length..].TrimStart();
            first = false;
        }
    }

    private void Put(TextTable table)
    {
        foreach (var line in table.Lines(Indent, _width))
            _text.Append(line).Append('\n');
    }

    private static string Text(FormattableString text) => FormattableString.Invariant(text);
}
