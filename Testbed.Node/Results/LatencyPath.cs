namespace Testbed.Node.Results;

/// <summary>One packet's way in time.</summary>
/// <param name="Totals">From its beginning to what is named, or over several segments; the paper's Figure 5 for a transmission.</param>
/// <param name="Segments">The way's segments, in its order: each from the end of the one before.</param>
public sealed record LatencyPath(IReadOnlyList<LatencyFigure> Totals, IReadOnlyList<LatencyFigure> Segments);
