namespace Testbed.Node.Faults.Effects;

/// <summary>A network card's command unit stops at a frame, and goes on only after a reset.</summary>
public sealed record StuckTransmitter : IComponentEffect
{
    /// <summary>Its name in plans.</summary>
    public const string EffectName = "stuck-transmitter";

    /// <inheritdoc/>
    public string Name => EffectName;
}
