namespace Testbed.Node.Results;

/// <summary>What a run came to in a PC's virtual machine.</summary>
/// <param name="Profile">Where the time went over the measured interval: the paper's Table 1, a view of the PC's ledger; of a virtual machine that is not Workstation 2.0's also the table of its section 5.</param>
/// <param name="Transmission">The way of a packet that is sent by itself, from the start of the <c>OUT</c> that sends it: the paper's Figure 5.</param>
/// <param name="Sending">Every packet's way from its <c>OUT</c> to the wire, whichever that is.</param>
/// <param name="Reception">A packet's way from the wire to the guest's program.</param>
/// <param name="PortAccesses">The guest's accesses to I/O ports.</param>
/// <param name="WorldSwitches">World switches (round trips) by cause.</param>
/// <param name="Interrupts">Real and virtual interrupts.</param>
/// <param name="Counters">The rest: calls of <c>select</c>, copies, frames of VMNet.</param>
public sealed record VmResult(
    IReadOnlyList<ProfileRow> Profile,
    LatencyPath Transmission,
    LatencyPath Sending,
    LatencyPath Reception,
    IReadOnlyList<PortAccessCount> PortAccesses,
    CounterDictionary WorldSwitches,
    CounterDictionary Interrupts,
    CounterDictionary Counters);
