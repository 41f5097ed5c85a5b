using System.Globalization;

namespace Testbed.Runner.Output;

/// <summary>Amounts of data for people.</summary>
internal static class Amount
{
    private static readonly (string Unit, long Bytes)[] Units = [("GiB", 1L << 30), ("MiB", 1L << 20), ("KiB", 1L << 10)];

    /// <summary>"<c>100 MiB</c>".</summary>
    public static string Of(long bytes)
    {
        var (unit, size) = UnitOf(bytes);
        return string.Create(CultureInfo.InvariantCulture, $"{(double)bytes / size:0.##} {unit}");
    }

    /// <summary>The figure alone, in the unit that <paramref name="whole"/> is shown in.</summary>
    public static string Of(long bytes, long whole)
    {
        var (_, size) = UnitOf(whole);
        return ((double)bytes / size).ToString(size == 1 ? "0" : "0.0", CultureInfo.InvariantCulture);
    }

    private static (string Unit, long Bytes) UnitOf(long bytes)
    {
        foreach (var unit in Units)
        {
            if (bytes >= unit.Bytes)
                return unit;
        }

        return ("bytes", 1);
    }
}
