using Testbed.Node.Hardware;
using Testbed.Node.Host;
using Testbed.Node.Measuring;

namespace Testbed.Node.Vmm;

/// <summary>The virtual machine that a VMM runs.</summary>
/// <param name="Processor">The processor that the guest sees.</param>
/// <param name="Pic">Its interrupt controller.</param>
/// <param name="Nic">Its network card; of a hosted virtual machine in memory that the VMM shares with VMApp.</param>
/// <param name="Shared">What else is in that memory.</param>
/// <param name="Counters">What the VMM counts.</param>
/// <param name="Transmission">Is told how far a transmission by itself has come.</param>
/// <param name="Sending">Is told how far each packet out has come.</param>
/// <param name="Keyboard">Its keyboard controller, in memory that the VMM shares with VMApp; null if nobody types.</param>
public sealed record VirtualMachine(
    VirtualProcessor Processor,
    Pic8259 Pic,
    IVirtualNic Nic,
    SharedMemory Shared,
    VmmCounters Counters,
    TransmissionPath Transmission,
    SendingPath Sending,
    Keyboard8042? Keyboard);
