using Testbed.Node.Configuration;

namespace Testbed.Runner.Studies;

/// <summary>A text as a quantity of whatever kind it is of: what ranges step through and conditions compare.</summary>
internal static class AnyQuantity
{
    private static readonly QuantityKind[] Kinds =
    [
        Quantity.WholeNumber, Quantity.Size, Quantity.Duration, Quantity.Rate, Quantity.Clock, Quantity.PartsPerMillion, Quantity.Cost,
    ];

    /// <summary>The first kind of which all the texts are, with their values; null if there is none.</summary>
    public static (QuantityKind Kind, long[] Values)? Of(params IReadOnlyList<string> texts)
    {
        foreach (var kind in Kinds)
        {
            var values = new long[texts.Count];
            var all = true;
            for (var i = 0; i < values.Length && all; i++)
                all = kind.TryParse(texts[i], out values[i], out _);
            if (all)
                return (kind, values);
        }

        return null;
    }
}
