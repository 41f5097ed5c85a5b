using Testbed.Node.Time;

namespace Testbed.Node.Faults.Effects;

/// <summary>Other processes of a host want its processor, for as long as the fault's window lasts.</summary>
/// <param name="Processes">How many.</param>
/// <param name="Nice">How nice they are, −20 to 19.</param>
/// <param name="BurstNs">How much each computes on average before it pauses: nanoseconds at the cost table's reference clock.</param>
/// <param name="Pause">How long it sleeps then on average; zero if it never does.</param>
public sealed record Load(int Processes, int Nice, long BurstNs, Duration Pause) : IComponentEffect
{
    /// <summary>Its name in plans.</summary>
    public const string EffectName = "load";

    /// <inheritdoc/>
    public string Name => EffectName;
}
