namespace Testbed.Runner.Chaos;

/// <summary>What random faults strike.</summary>
internal enum FaultAim
{
    /// <summary>Frames on the cable.</summary>
    Cable,

    /// <summary>Frames on their way to an actor.</summary>
    Frames,

    /// <summary>Signals other than frames.</summary>
    Signals,

    /// <summary>Hand-offs of the processor.</summary>
    HandOffs,

    /// <summary>Hand-offs to a process, which can sleep.</summary>
    HandOffsToProcesses,

    /// <summary>Hand-offs that carry bytes.</summary>
    HandOffsWithBytes,

    /// <summary>All messages to an actor.</summary>
    Actor,

    /// <summary>All messages to a process.</summary>
    Process,

    /// <summary>All messages to software.</summary>
    Software,

    /// <summary>What a component does by itself.</summary>
    Component,
}
