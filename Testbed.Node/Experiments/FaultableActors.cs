using Testbed.Node.Faults;

namespace Testbed.Node.Experiments;

/// <summary>The actors of an experiment's PCs as faults see them: what they are, and what becomes of them after a crash.</summary>
public static class FaultableActors
{
    /// <summary>Software that starts anew after a crash, with nothing left of its state: the card's firmware, and VMNet as a module that is loaded again.</summary>
    private static readonly string[] Restarting = ["nic", "vmnet"];

    private static readonly string[] Hardware = ["interrupt-controller", "timer", "keyboard"];

    /// <summary>Whether an actor starts anew after a crash.</summary>
    /// <param name="path">Its path, as <c>pc-733/vmnet</c>.</param>
    public static bool Restarts(string path) => Restarting.Contains(NameOf(path));

    /// <summary>The name of an actor within its PC.</summary>
    public static string NameOf(string path) => path[(path.IndexOf('/', StringComparison.Ordinal) + 1)..];

    /// <summary>The actors that a plan may name.</summary>
    public static IReadOnlyList<FaultableActor> Of(ExperimentSettings experiment) =>
        [.. Of(experiment.Sender, experiment.SenderProgram, experiment.SenderHostProgram), .. Of(experiment.Receiver, experiment.ReceiverProgram, null)];

    private static IEnumerable<FaultableActor> Of(PcSettings pc, ProgramSettings? program, ProgramSettings? hostProgram)
    {
        var isHosted = pc.Vm?.Switches.Monitor == MonitorKind.Hosted;
        List<string> software = ["nic"];
        List<string> processes = [];
        if (pc.Vm is null || isHosted)
            software.Add("host");
        if (isHosted)
            software.AddRange(["vmdriver", "vmnet"]);
        if (pc.Vm is not null)
            software.AddRange(["vmm", "guest"]);
        if (isHosted)
            processes.Add("vmapp");
        if (program is not null)
            processes.Add("program");
        if (hostProgram is not null)
            processes.Add("host-program");
        for (var i = 1; i <= pc.Competing?.Processes; i++)
            processes.Add($"competing-{i}");
        var ownEffects = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal)
        {
            ["nic"] = ComponentFaults.OfNetworkCard,
            ["host"] = ComponentFaults.OfHost,
            ["guest"] = ComponentFaults.OfGuest,
        };
        var hardware = Hardware.Where(name => name != "keyboard" || pc.Keyboard is not null);
        return hardware.Select(name => new FaultableActor($"{pc.Name}/{name}", Crashes: false, Sleeps: false))
            .Concat(software.Select(name => new FaultableActor($"{pc.Name}/{name}", Crashes: true, Sleeps: false) { Effects = ownEffects.GetValueOrDefault(name, []) }))
            .Concat(processes.Select(name => new FaultableActor($"{pc.Name}/{name}", Crashes: true, Sleeps: true)));
    }
}
