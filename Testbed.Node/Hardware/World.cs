namespace Testbed.Node.Hardware;

/// <summary>Which of the two sets of system software has the processor (paper, section 1).</summary>
public enum World
{
    /// <summary>The host operating system: its kernel, VMDriver and VMApp.</summary>
    Host,

    /// <summary>The virtual machine monitor and, under it, the guest.</summary>
    Vmm,
}
