using Testbed.Node.Time;

namespace Testbed.Node.Faults;

/// <summary>How something is lost for good.</summary>
public enum LossKind
{
    /// <summary>It waits for what will never come, and keeps what it has.</summary>
    Hung,

    /// <summary>It has vanished, and nobody knows.</summary>
    Stopped,

    /// <summary>It has failed, and whoever is responsible for it cleans up.</summary>
    Crashed,
}

/// <summary>What a fault has taken out of a run for good.</summary>
/// <param name="Actor">The path of the actor at which it happened, as <c>pc-733/vmm</c>.</param>
/// <param name="Kind">How.</param>
/// <param name="Fault">The fault's name.</param>
/// <param name="At">When.</param>
public sealed record Loss(string Actor, LossKind Kind, string Fault, Instant At);
