using Testbed.Node.Faults;
using Testbed.Node.Time;

namespace Testbed.Runner.Chaos;

/// <summary>
/// The space of random faults: which effects there are on what, and from which values their keys are drawn. A new effect is a line in
/// <see cref="Effects"/>, and a new message one in <see cref="Messages"/>.
/// </summary>
internal static class FaultSpace
{
    private static readonly string[] Delays = ["1 us", "20 us", "200 us", "2 ms", "20 ms"];
    private static readonly string[] Pauses = ["100 us", "1 ms", "10 ms", "100 ms"];

    /// <summary>The effects, each with what it strikes, how often it is drawn among the others, and the keys that it has besides.</summary>
    public static readonly IReadOnlyList<Line> Effects =
    [
        new("drop", FaultAim.Cable, 4),
        new("delay", FaultAim.Cable, 3, Delay),
        new("corrupt", FaultAim.Cable, 3, Bits),
        new("duplicate", FaultAim.Cable, 3, Copies),
        new("reorder", FaultAim.Cable, 3, Overtaking),
        new("throttle", FaultAim.Cable, 2, Rate),
        new("burst-loss", FaultAim.Cable, 3, (keys, draws) =>
        {
            keys["good-to-bad"] = OneOf(draws, "0.1 %", "1 %", "5 %");
            keys["bad-to-good"] = OneOf(draws, "5 %", "20 %", "50 %");
            Maybe(keys, draws, "loss-bad", "50 %", "90 %");
        })
        {
            Times = FaultTimes.OwnChance,
        },
        new("unplug", FaultAim.Cable, 2) { Times = FaultTimes.Window, Directions = [] },
        new("cut", FaultAim.Cable, 2) { Times = FaultTimes.Window, NeedsDirection = true },
        new("rate-change", FaultAim.Cable, 2, (keys, draws) => keys["rate"] = OneOf(draws, "10 Mb/s", "100 Mb/s", "1 Gb/s")) { Times = FaultTimes.Window, Directions = [] },
        new("drop", FaultAim.Frames, 3),
        new("delay", FaultAim.Frames, 3, Delay),
        new("duplicate", FaultAim.Frames, 3, Copies),
        new("reorder", FaultAim.Frames, 3, Overtaking),
        new("corrupt", FaultAim.Frames, 3, Bits),
        new("throttle", FaultAim.Frames, 2, Rate),
        new("drop", FaultAim.Signals, 1),
        new("delay", FaultAim.Signals, 2, Delay),
        new("duplicate", FaultAim.Signals, 2, Copies),
        new("reorder", FaultAim.Signals, 1),
        new("drop", FaultAim.HandOffs, 1),
        new("delay", FaultAim.HandOffs, 3, Delay),
        new("delay", FaultAim.HandOffsToProcesses, 2, (keys, draws) =>
        {
            Delay(keys, draws);
            keys["context"] = "sleeps";
        }),
        new("corrupt", FaultAim.HandOffsWithBytes, 2, Bits),
        new("pause", FaultAim.Actor, 3, Pause),
        new("pause", FaultAim.Process, 2, (keys, draws) =>
        {
            Pause(keys, draws);
            keys["context"] = "sleeps";
        }),
        new("crash", FaultAim.Software, 2),
        new("stop", FaultAim.Actor, 1),
        new("stuck-transmitter", FaultAim.Component, 2),
        new("overrun", FaultAim.Component, 2),
        new("skbuff", FaultAim.Component, 2),
        new("spurious-irq", FaultAim.Component, 2, (keys, draws) =>
        {
            keys["interval"] = OneOf(draws, "100 us", "1 ms", "20 ms");
            Maybe(keys, draws, "duration", "1 us", "100 us");
        }),
        new("load", FaultAim.Component, 2, (keys, draws) =>
        {
            Maybe(keys, draws, "processes", "2", "5");
            Maybe(keys, draws, "nice", "-10", "10", "19");
            Maybe(keys, draws, "pause", "1 ms", "50 ms");
        })
        {
            Times = FaultTimes.Window,
        },
    ];

    /// <summary>What actors are told, by their names within a PC.</summary>
    public static readonly IReadOnlyList<Message> Messages =
    [
        new(FaultAim.Frames, "nic", "CableEnd.FrameArrived"),
        new(FaultAim.Frames, "vmnet", "VmNet.FrameArrived"),
        new(FaultAim.Signals, "interrupt-controller", "InterruptController.LineChanged"),
        new(FaultAim.Signals, "nic", "EtherExpress.ResumeCommandUnit"),
        new(FaultAim.Signals, "vmnet", "VmNet.SocketBufferFreed"),
        new(FaultAim.Signals, "keyboard", "Keyboard.PortAccessed"),
        new(FaultAim.HandOffs, "host", "InterruptTaken"),
        new(FaultAim.HandOffs, "host", "HostKernel.QueueFrame"),
        new(FaultAim.HandOffs, "host", "VmDriver.Run"),
        new(FaultAim.HandOffs, "host", "SystemCall.Receive"),
        new(FaultAim.HandOffs, "vmdriver", "VmDriver.SwitchedToHost"),
        new(FaultAim.HandOffs, "vmdriver", "VmDriver.Run"),
        new(FaultAim.HandOffs, "vmnet", "VmNet.Write"),
        new(FaultAim.HandOffs, "vmnet", "VmNet.Select"),
        new(FaultAim.HandOffs, "vmnet", "VmNet.Read"),
        new(FaultAim.HandOffs, "vmm", "VmDriver.SwitchedToVmm"),
        new(FaultAim.HandOffs, "vmm", "VirtualMachineMonitor.Halt"),
        new(FaultAim.HandOffs, "vmm", "VirtualMachineMonitor.InterruptDue"),
        new(FaultAim.HandOffs, "vmm", "PortAccess"),
        new(FaultAim.HandOffs, "vmm", "InterruptTaken"),
        new(FaultAim.HandOffs, "guest", "VirtualMachineMonitor.VirtualInterrupt"),
        new(FaultAim.HandOffs, "guest", "SystemCall.Send"),
        new(FaultAim.HandOffs, "guest", "SystemCall.Receive"),
        new(FaultAim.HandOffs, "guest", "SystemCall.Connect"),
        new(FaultAim.HandOffsToProcesses, "vmapp", "VmDriver.HostNeeded"),
        new(FaultAim.HandOffsToProcesses, "vmapp", "VmNet.Written"),
        new(FaultAim.HandOffsToProcesses, "vmapp", "VmNet.Selected"),
        new(FaultAim.HandOffsToProcesses, "vmapp", "VmNet.Frame"),
        new(FaultAim.HandOffsToProcesses, "program", "SystemCall.Returned"),
        new(FaultAim.HandOffsWithBytes, "vmnet", "VmNet.Write"),
        new(FaultAim.HandOffsWithBytes, "vmapp", "VmNet.Frame"),
        new(FaultAim.HandOffsWithBytes, "guest", "SystemCall.Send"),
        new(FaultAim.HandOffsWithBytes, "host", "SystemCall.Send"),
    ];

    /// <summary>The actors that a fault may strike, each with the message that it strikes; null for all.</summary>
    public static IReadOnlyList<(string Path, string? Message)> Targets(Line line, IReadOnlyList<FaultableActor> actors) => line.Aim switch
    {
        FaultAim.Cable => [(FaultPlanReader.Cable, null)],
        FaultAim.Actor => [.. actors.Select(actor => (actor.Path, (string?)null))],
        FaultAim.Process => [.. actors.Where(actor => actor.Sleeps).Select(actor => (actor.Path, (string?)null))],
        FaultAim.Software => [.. actors.Where(actor => actor.Crashes).Select(actor => (actor.Path, (string?)null))],
        FaultAim.Component => [.. actors.Where(actor => actor.Effects.Contains(line.Effect)).Select(actor => (actor.Path, (string?)null))],
        _ =>
        [
            .. from message in Messages
               where message.Aim == line.Aim || (line.Aim == FaultAim.HandOffs && message.Aim == FaultAim.HandOffsToProcesses)
               from actor in actors
               where actor.Path.EndsWith('/' + message.Actor, StringComparison.Ordinal)
               select (actor.Path, (string?)message.Name),
        ],
    };

    /// <summary>One of several values, each as likely.</summary>
    public static string OneOf(RandomStream draws, params IReadOnlyList<string> values) => values[(int)draws.Below(values.Count)];

    private static void Delay(Dictionary<string, string> keys, RandomStream draws)
    {
        keys["delay"] = OneOf(draws, Delays);
        switch (draws.Below(5))
        {
            case 0:
                (keys["distribution"], keys["spread"]) = ("uniform", "1 us");
                break;
            case 1:
                (keys["distribution"], keys["most"]) = ("exponential", "50 ms");
                break;
            case 2:
                (keys["distribution"], keys["shape"], keys["most"]) = ("pareto", "1.5", "50 ms");
                break;
            default:
                break;
        }
    }

    private static void Pause(Dictionary<string, string> keys, RandomStream draws)
    {
        keys["duration"] = OneOf(draws, Pauses);
        Maybe(keys, draws, "bound", "5", "100");
    }

    private static void Copies(Dictionary<string, string> keys, RandomStream draws)
    {
        Maybe(keys, draws, "copies", "2", "3");
        Maybe(keys, draws, "delay", Delays);
    }

    private static void Overtaking(Dictionary<string, string> keys, RandomStream draws) => Maybe(keys, draws, "bound", "2", "10", "50");

    private static void Rate(Dictionary<string, string> keys, RandomStream draws)
    {
        keys["rate"] = OneOf(draws, "5 Mb/s", "20 Mb/s", "80 Mb/s");
        keys["bound"] = OneOf(draws, "10", "50", "100");
    }

    /// <summary>Mostly one bit, which every check finds.</summary>
    private static void Bits(Dictionary<string, string> keys, RandomStream draws)
    {
        if (draws.Below(4) == 0)
            keys["bits"] = OneOf(draws, "2", "3", "8");
    }

    private static void Maybe(Dictionary<string, string> keys, RandomStream draws, string key, params IReadOnlyList<string> values)
    {
        if (draws.Below(2) == 0)
            keys[key] = OneOf(draws, values);
    }

    /// <summary>An effect on something.</summary>
    /// <param name="Effect">Its name.</param>
    /// <param name="Aim">What it strikes.</param>
    /// <param name="Weight">How often it is drawn, as others are by theirs.</param>
    /// <param name="Draw">Draws the keys that it has besides those of every fault.</param>
    public sealed record Line(string Effect, FaultAim Aim, int Weight, Action<Dictionary<string, string>, RandomStream>? Draw = null)
    {
        /// <summary>What it may say of when it strikes.</summary>
        public FaultTimes Times { get; init; }

        /// <summary>The directions of the cable that it may say.</summary>
        public IReadOnlyList<string> Directions { get; init; } = Aim == FaultAim.Cable ? ["to-receiver", "to-sender"] : [];

        /// <summary>Whether it has to say one.</summary>
        public bool NeedsDirection { get; init; }
    }

    /// <summary>A message that an actor is told.</summary>
    /// <param name="Aim">What it is to faults.</param>
    /// <param name="Actor">The actor's name within its PC.</param>
    /// <param name="Name">The name of its type.</param>
    public sealed record Message(FaultAim Aim, string Actor, string Name);
}
