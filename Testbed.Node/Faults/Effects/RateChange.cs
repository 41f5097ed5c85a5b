using Testbed.Node.Cable;

namespace Testbed.Node.Faults.Effects;

/// <summary>The wire runs at another rate in both directions, as if both ends had negotiated it: for frames that begin in the window, and the gaps behind them.</summary>
/// <param name="Timing">The rate.</param>
public sealed record RateChange(EthernetTiming Timing) : ICableState
{
    /// <inheritdoc/>
    public string Name => "rate-change";

    /// <inheritdoc/>
    string ICableState.CountedAs => "cable rate";

    /// <inheritdoc/>
    bool ICableState.SilencesLink => false;
}
