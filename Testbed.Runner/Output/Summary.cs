using Testbed.Node.Results;
using static Testbed.Runner.Output.Wording;

namespace Testbed.Runner.Output;

/// <summary>A result as a person reads it, at 80 columns and without colour if need be.</summary>
internal sealed class Summary
{
    private readonly TextPage _page;
    private readonly RunResult _result;

    private Summary(RunResult result, int width, bool colour) => (_result, _page) = (result, new(width, colour));

    /// <summary>The summary.</summary>
    /// <param name="result">The result.</param>
    /// <param name="folder">Where it is.</param>
    /// <param name="width">Columns to keep within.</param>
    /// <param name="colour">Whether headings may be set off by colour.</param>
    /// <param name="notes">What of the recordings was left out, a line each; null for nothing.</param>
    public static string Of(RunResult result, string folder, int width, bool colour, IReadOnlyList<string>? notes = null)
    {
        var summary = new Summary(result, width, colour);
        summary.Write(folder, notes ?? []);
        return summary._page.ToString();
    }

    private void Write(string folder, IEnumerable<string> notes)
    {
        _page.Heading(Title(_result));
        if (_result.Failure is not null)
            _page.Line($"failed      {_result.Failure}");
        Figures();
        var nodes = SenderFirst(_result);
        foreach (var (pc, node) in nodes)
            Processor(pc, node);
        var sender = nodes.Select(n => n.Key).FirstOrDefault("");
        FaultTable.Put(_page, nodes);
        Counters("cable", _result.Deterministic.Cable.OrderByDescending(c => c.Key.StartsWith(sender + " to ", StringComparison.Ordinal)));
        Counters("network card", nodes.Select(n => KeyValuePair.Create(n.Key, n.Value.Nic)));
        Counters("TCP", nodes.Select(n => KeyValuePair.Create(n.Key, n.Value.Tcp)));
        Synchronization();
        _page.Gap();
        _page.Line($"written to  {folder}");
        foreach (var note in notes)
            _page.Line($"left out    {note}");
        foreach (var hint in ClosingHints.Of(folder, nodes.Any(n => n.Value.Vm is not null), isExplained: false))
            _page.Line(hint);
    }

    private void Figures()
    {
        var figures = _result.Deterministic;
        if (figures.ThroughputMbps is { } throughput)
        {
            _page.Line($"throughput  {throughput:0.00} Mb/s");
            var seconds = (figures.Measured!.EndNs - figures.Measured.StartNs) / 1e9;
            _page.Line($"transfer    {Amount.Of(figures.BytesDelivered)} in {seconds:0.000} s of virtual time, {Verified(figures.PayloadVerified)}");
        }

        if (figures.Ping is { } ping)
        {
            _page.Line($"replies     {ping.Received} of {ping.Sent}, {Verified(figures.PayloadVerified)}");
            if (ping.RoundTripsNs.Count > 0)
                _page.Line($"round trip  {ping.RoundTripsNs.Min() / 1e3:0.0} / {ping.RoundTripsNs.Average() / 1e3:0.0} / {ping.RoundTripsNs.Max() / 1e3:0.0} µs (least, mean, most)");
        }

        if (figures.Compute is { } compute)
        {
            var more = compute.WorkNs == 0 ? "" : Text($", {100m * (compute.ElapsedNs - compute.WorkNs) / compute.WorkNs:0.00} % more");
            _page.Line(Text($"computed    {compute.WorkNs / 1e9:0.000} s of work in {compute.ElapsedNs / 1e9:0.000} s of virtual time{more}"));
        }

        foreach (var (pc, node) in SenderFirst(_result))
            _page.Line($"idle        {node.IdlePercent:0.0} % of {pc} ({node.Role})");
        _page.Line($"time        {figures.VirtualSeconds:0.000} s virtual, {_result.Wall.Seconds:0.000} s wall ({Mode(_result.Wall.Mode)})");
    }

    private void Processor(string pc, NodeResult node)
    {
        if (node.Vm is { } vm)
            WhereTheTimeWent(pc, vm);
        else
            ProcessorTable.Put(_page, pc, node);
        if (node.Keyboard is { } keyboard)
            KeyboardPage.PutLines(_page, pc, keyboard);
        if (node.Nat is { } nat)
            NatTable.Put(_page, pc, nat);
        if (node.Processes is { } processes)
            ProcessTable.Put(_page, pc, processes);
    }

    private void WhereTheTimeWent(string pc, VmResult vm)
    {
        _page.Heading($"{pc}: where the time went");
        var table = new TextTable();
        var optimized = vm.Profile.Any(row => row.Column == OptimizedProfile.Total);
        table.Add("of all time", "share", "average");
        Rows(optimized ? OptimizedProfile.Total : ExecutionProfile.Total);
        table.Add("of the time in the VMM", "", "");
        Rows(optimized ? OptimizedProfile.Vmm : ExecutionProfile.Vmm);
        _page.Table(table);

        _page.Heading($"{pc}: virtual machine");
        Latency("packet out", optimized ? vm.Sending : vm.Transmission);
        Latency("packet in", vm.Reception);
        Line("switches", vm.WorldSwitches);
        Line("interrupts", vm.Interrupts);
        _page.Line(Text($"port access {InAndOut("vmm")} in the VMM, {InAndOut("vmapp")} in VMApp{(InAndOut("mov") is "0" ? "" : $", {InAndOut("mov")} as MOV")}"));

        void Rows(string column)
        {
            foreach (var row in vm.Profile.Where(row => row.Column == column))
                table.Add(row.Name, Text($"{row.Percent:0.0} %"), row.AverageUs is { } average ? Text($"{average:#,0.00} µs") : "");
        }

        void Line(string label, CounterDictionary counters) =>
            _page.Line($"{label,-12}{string.Join(", ", counters.Select(counter => Text($"{Words(counter.Key)} {counter.Value:#,0}")))}");

        string InAndOut(string handler) => Text($"{vm.PortAccesses.Where(access => access.HandledBy == handler).Sum(access => access.Count):#,0}");
    }

    private void Latency(string label, LatencyPath path)
    {
        // Some paths have several ends; the last that any came to is the furthest.
        var whole = path.Totals.FirstOrDefault(figure => figure.Name == "total") ?? path.Totals.LastOrDefault(figure => figure.Count > 0);
        if (whole is { Count: > 0 } found)
            _page.Line($"{label,-12}{Us(found.MedianNs)} ({Words(found.Name)}, median of {Text($"{found.Count:#,0}")})");
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
        _page.Heading(name);
        _page.Table(table);
    }

    private void Synchronization()
    {
        if (_result.Wall.Sync is not { } sync)
            return;
        _page.Heading("synchronization");
        _page.Line($"reports     {sync.Reports:#,0} ({sync.AnnouncementsPerReport:0.00} frames in each)");
        var perDataFrame = sync.ExchangesPerDataFrame is { } ratio ? Text($" ({ratio:0.00} for each data frame)") : "";
        _page.Line(Text($"exchanges   {sync.Exchanges:#,0}{perDataFrame}"));
        if (sync.LookaheadEfficiency is { } efficiency)
            _page.Line(Text($"lookahead   {100 * efficiency:0.0} % of waits ended with a frame"));
        foreach (var (pc, node) in sync.Nodes)
            _page.Line($"stopped     {node.BlockedSeconds:0.000} s on {pc}");
    }

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
}
