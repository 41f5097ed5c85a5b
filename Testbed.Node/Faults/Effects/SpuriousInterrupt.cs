using Testbed.Node.Time;

namespace Testbed.Node.Faults.Effects;

/// <summary>A network card raises its interrupt line without a cause, again and again.</summary>
/// <param name="Interval">From one time to the next.</param>
/// <param name="Length">How long the line is high each time.</param>
public sealed record SpuriousInterrupt(RandomDuration Interval, Duration Length) : IComponentEffect
{
    /// <summary>Its name in plans.</summary>
    public const string EffectName = "spurious-irq";

    /// <inheritdoc/>
    public string Name => EffectName;
}
