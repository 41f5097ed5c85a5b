namespace Testbed.Node.Faults.Effects;

/// <summary>A network card's receive FIFO has no room for a frame that comes in, which is lost.</summary>
public sealed record Overrun : IComponentEffect
{
    /// <summary>Its name in plans.</summary>
    public const string EffectName = "overrun";

    /// <inheritdoc/>
    public string Name => EffectName;
}
