namespace Testbed.Node.Results;

/// <summary>What a run came to on one PC; <c>deterministic.nodes.&lt;pc&gt;</c> in a result.</summary>
/// <param name="Role"><c>sender</c> or <c>receiver</c>.</param>
/// <param name="IdlePercent">Share of the measured interval in which the processor was halted.</param>
/// <param name="Cpu">The processor over the measured interval (the whole run when there is none), by world and category.</param>
/// <param name="Ledger">The processor over the whole run.</param>
/// <param name="Nic">Counters of the network card.</param>
/// <param name="Tcp">Counters of the kernel's TCP.</param>
/// <param name="Vm">Its virtual machine; null of a native PC.</param>
/// <param name="Digest">Hash over the ordered stream of the PC's model events, in lower-case hexadecimal.</param>
/// <param name="Keyboard">What came of what was typed at it; null if nobody typed.</param>
/// <param name="Processes">The host's processes; null unless several share it.</param>
/// <param name="Nat">The host's masquerading for its guest; null if it does none.</param>
/// <param name="Faults">What the faults of the plan did there, in the order of their names; null without a plan.</param>
/// <param name="Flows">The links and queues that frames pass there; null in results that were made before they were kept.</param>
public sealed record NodeResult(
    string Role,
    decimal IdlePercent,
    IReadOnlyList<CpuRow> Cpu,
    IReadOnlyList<LedgerTotal> Ledger,
    CounterDictionary Nic,
    CounterDictionary Tcp,
    VmResult? Vm,
    string Digest,
    KeyboardResult? Keyboard = null,
    IReadOnlyList<ProcessResult>? Processes = null,
    NatResult? Nat = null,
    IReadOnlyList<FaultResult>? Faults = null,
    IReadOnlyList<FrameFlow>? Flows = null);
