namespace Testbed.Node.Faults.Effects;

/// <summary>A kernel has no memory for a socket buffer (<c>sk_buff</c>).</summary>
public sealed record BufferShortage : IComponentEffect
{
    /// <summary>Its name in plans.</summary>
    public const string EffectName = "skbuff";

    /// <inheritdoc/>
    public string Name => EffectName;
}
