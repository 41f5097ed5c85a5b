using Testbed.Node.Results;
using static Testbed.Runner.Output.Wording;

namespace Testbed.Runner.Output;

/// <summary>Where the time of a run went, and one packet's life: what <c>testbed explain</c> prints.</summary>
internal sealed class Explanation
{
    private readonly TextPage _page;
    private readonly RunResult _result;

    private Explanation(RunResult result, int width, bool colour) => (_result, _page) = (result, new(width, colour));

    /// <summary>The explanation.</summary>
    /// <param name="result">The result.</param>
    /// <param name="width">Columns to keep within.</param>
    /// <param name="colour">Whether headings may be set off by colour.</param>
    public static string Of(RunResult result, int width, bool colour)
    {
        var explanation = new Explanation(result, width, colour);
        explanation.Write();
        return explanation._page.ToString();
    }

    private void Write()
    {
        _page.Heading(Title(_result));
        if (_result.Failure is not null)
            _page.Line($"failed      {_result.Failure}");
        var nodes = SenderFirst(_result);
        if (nodes.Length == 0)
            _page.Text("No PC has left any figures.");
        else if (nodes.All(node => node.Value.Vm is null))
            _page.Text("There is no virtual machine in this run: both PCs are native. Their processors:");
        else if (_result.Deterministic.Measured is { } measured)
            _page.Line(Text($"interval    {(measured.EndNs - measured.StartNs) / 1e9:0.000} s measured"));
        foreach (var (pc, node) in nodes)
        {
            if (node.Vm is { } vm)
                WriteVm(pc, vm);
            ProcessorTable.Put(_page, pc, node);
            if (node.Keyboard is { } keyboard)
            {
                KeyboardPage.PutLines(_page, pc, keyboard);
                Path($"{pc}: one key, from the finger to the guest", keyboard.Latency);
                KeyboardPage.PutCost(_page, pc, keyboard);
            }

            if (node.Flows is { Count: > 0 } flows)
                FlowTable.Put(_page, pc, flows);
            if (node.Nat is { } nat)
                NatTable.Put(_page, pc, nat);
            if (node.Processes is { } processes)
                ProcessTable.Put(_page, pc, processes);
        }
    }

    private void WriteVm(string pc, VmResult vm)
    {
        var transmissions = ProfileTable.Transmissions(vm.Profile);
        if (vm.Profile.Any(row => row.Column == OptimizedProfile.Total))
        {
            ProfileTable.Put(_page, $"{pc}: where the time went, optimized profile, of all time", vm.Profile, OptimizedProfile.Total, transmissions);
            ProfileTable.Put(_page, $"{pc}: where the time went, optimized profile, of the time in the VMM", vm.Profile, OptimizedProfile.Vmm, transmissions);
        }

        ProfileTable.Put(_page, $"{pc}: where the time went, of all time", vm.Profile, ExecutionProfile.Total, transmissions);
        ProfileTable.Put(_page, $"{pc}: where the time went, of the time in the VMM", vm.Profile, ExecutionProfile.Vmm, transmissions);
        Path($"{pc}: every packet out, from its OUT to the wire", vm.Sending);
        Path($"{pc}: one packet out by itself, from the start of the OUT that sends it", vm.Transmission);
        Path($"{pc}: one packet in, from the wire to the program", vm.Reception);
        Counters($"{pc}: world switches", vm.WorldSwitches.Select(c => (Words(c.Key), c.Value)), transmissions);
        Counters(
            $"{pc}: port accesses",
            vm.PortAccesses.Select(access => ($"{access.Port} {access.Direction}: {access.HandledBy}", access.Count)),
            transmissions);
        Counters($"{pc}: interrupts", vm.Interrupts.Select(c => (Words(c.Key), c.Value)), transmissions);
        Counters($"{pc}: virtual machine", vm.Counters.Select(c => (Words(c.Key), c.Value)), transmissions);
    }

    private void Path(string heading, LatencyPath path)
    {
        _page.Heading(heading);
        if (path.Totals.Concat(path.Segments).All(figure => figure.Count == 0))
        {
            _page.Text("There was none.");
            return;
        }

        // A way may go on to where no packet came.
        _page.Lines(PathDrawing.Lines([.. path.Segments.Where(figure => figure.Count > 0)], _page.Room));
        _page.Gap();
        var firstTotal = path.Totals.FirstOrDefault(figure => figure.Count > 0);
        var table = new TextTable();
        table.Add("", "min", "median", "p99", "max", "count");
        foreach (var figure in path.Segments.Concat(path.Totals).Where(figure => figure.Count > 0))
        {
            if (ReferenceEquals(figure, firstTotal))
                table.Add("");
            table.Add(
                Words(figure.Name), Us(figure.MinNs), Us(figure.MedianNs), Us(figure.P99Ns), Us(figure.MaxNs), Text($"{figure.Count:#,0}"));
        }

        _page.Table(table);
    }

    private void Counters(string heading, IEnumerable<(string Name, long Count)> counters, long transmissions)
    {
        var table = new TextTable();
        table.Add("", "count", transmissions == 0 ? "" : "per packet sent");
        var any = false;
        foreach (var (name, count) in counters)
        {
            any = true;
            table.Add(name, Text($"{count:#,0}"), Per(count, transmissions));
        }

        if (!any)
            return;
        _page.Heading(heading);
        _page.Table(table);
    }
}
