using Testbed.Node.Faults;
using Testbed.Node.Hardware;
using Testbed.Node.Programs;

namespace Testbed.Runner.Recordings;

/// <summary>A component of a PC, with a track of its own in a trace; in the order in which they are shown.</summary>
internal enum TraceTrack
{
    Program = 1,
    Guest,
    Vmm,
    VmDriver,
    VmApp,
    VmNet,
    HostKernel,
    NicDriver,
    NicOut,
    NicIn,
    Idle,
    Faults,
    Other,
}

/// <summary>Which component is behind what an observer was told.</summary>
internal static class TraceTracks
{
    private const string Host = "host/";
    private const string Vmm = "vmm/";

    /// <summary>The track of a row of the ledger, or of a program's call.</summary>
    public static TraceTrack OfSpan(string name) => name switch
    {
        Ledger.Idle => TraceTrack.Idle,
        _ when name.StartsWith(FaultAccount.ObservedPrefix, StringComparison.Ordinal) => TraceTrack.Faults,
        Host + "user-code" or Vmm + "guest-user-code" => TraceTrack.Program,
        _ when name.StartsWith(UserProgram.Prefix, StringComparison.Ordinal) => TraceTrack.Program,
        _ when name.StartsWith(Vmm + "guest-", StringComparison.Ordinal) => TraceTrack.Guest,
        _ when name.StartsWith(Vmm, StringComparison.Ordinal) => TraceTrack.Vmm,
        _ when name.StartsWith(Host + "world-switch", StringComparison.Ordinal) => TraceTrack.VmDriver,
        _ when name.StartsWith(Host + "vmapp-", StringComparison.Ordinal) => TraceTrack.VmApp,
        _ when name.StartsWith(Host + "vmnet-", StringComparison.Ordinal) => TraceTrack.VmNet,
        _ when name.StartsWith(Host + "driver-", StringComparison.Ordinal) => TraceTrack.NicDriver,
        _ when name.StartsWith(Host, StringComparison.Ordinal) => TraceTrack.HostKernel,
        _ => TraceTrack.Other,
    };

    /// <summary>The category without the world before it, as the ledger names it.</summary>
    public static string Category(string name) => name[(name.IndexOf('/', StringComparison.Ordinal) + 1)..];

    /// <summary>What it is that has the time: a world, the program, or nothing.</summary>
    public static string World(string name) => name.Contains('/', StringComparison.Ordinal) ? name[..name.IndexOf('/', StringComparison.Ordinal)] : name;

    /// <summary>How an event is shown, and on which track.</summary>
    public static (string Name, TraceTrack Track) OfEvent(string name, long detail) => name switch
    {
        Observed.Interrupt => ("interrupt", detail == (long)Node.Hardware.World.Host ? TraceTrack.HostKernel : TraceTrack.Vmm),
        Observed.WorldSwitch => (detail == (long)Node.Hardware.World.Host ? "to the host's world" : "to the VMM's world", TraceTrack.VmDriver),
        Observed.InterruptRequest => (Line("IRQ", detail), TraceTrack.HostKernel),
        Observed.VirtualInterruptRequest => (Line("virtual IRQ", detail), TraceTrack.Guest),
        _ when name.StartsWith(FaultAccount.ObservedPrefix, StringComparison.Ordinal) => (name, TraceTrack.Faults),
        _ => (name, TraceTrack.Other),
    };

    /// <summary>The track's name to a person.</summary>
    public static string Title(TraceTrack track, string program) => track switch
    {
        TraceTrack.Program => program,
        TraceTrack.Guest => "guest",
        TraceTrack.Vmm => "VMM",
        TraceTrack.VmDriver => "VMDriver",
        TraceTrack.VmApp => "VMApp",
        TraceTrack.VmNet => "VMNet",
        TraceTrack.HostKernel => "host kernel",
        TraceTrack.NicDriver => "EtherExpress driver",
        TraceTrack.NicOut => "wire, out",
        TraceTrack.NicIn => "wire, in",
        TraceTrack.Idle => "idle",
        TraceTrack.Faults => "faults",
        _ => "other",
    };

    private static string Line(string kind, long line) => line < 0 ? $"{kind}, spurious" : FormattableString.Invariant($"{kind} {line}");
}
