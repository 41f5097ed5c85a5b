namespace Testbed.Node.Configuration;

/// <summary>The kinds of quantity that a configuration holds, each read to an exact integer.</summary>
public static class Quantity
{
    /// <summary>A length of time, in whole nanoseconds.</summary>
    public static readonly QuantityKind Duration = new(
        "a duration", "\"500 ns\", \"5.76 us\", \"10 ms\", \"1 s\" or \"1 min\"", "1 ns", null,
        ("ns", 1), ("us|µs|μs", 1_000), ("ms", 1_000_000), ("s", 1_000_000_000), ("min", 60_000_000_000), ("h", 3_600_000_000_000));

    /// <summary>A processor cost, in whole picoseconds: finer than an instant, because costs per byte add up.</summary>
    public static readonly QuantityKind Cost = new(
        "a cost", "\"850 ps\", \"12.5 ns\" or \"8.90 us\"", "1 ps", null,
        ("ps", 1), ("ns", 1_000), ("us|µs|μs", 1_000_000), ("ms", 1_000_000_000));

    /// <summary>An amount of data, in bytes; kB, MB and GB are powers of ten, KiB, MiB and GiB powers of two.</summary>
    public static readonly QuantityKind Size = new(
        "a size", "\"100 MiB\", \"64 KiB\", \"1 GB\" or a number of bytes", "1 byte", 1,
        ("B", 1), ("kB|KB", 1_000), ("KiB", 1L << 10), ("MB", 1_000_000), ("MiB", 1L << 20),
        ("GB", 1_000_000_000), ("GiB", 1L << 30), ("TB", 1_000_000_000_000), ("TiB", 1L << 40));

    /// <summary>A bit rate, in bits per second.</summary>
    public static readonly QuantityKind Rate = new(
        "a bit rate", "\"100 Mb/s\" or \"1 Gb/s\"", "1 b/s", null,
        ("b/s|bit/s", 1), ("kb/s|kbit/s", 1_000), ("Mb/s|Mbit/s", 1_000_000), ("Gb/s|Gbit/s", 1_000_000_000));

    /// <summary>A processor's clock, in hertz.</summary>
    public static readonly QuantityKind Clock = new(
        "a clock frequency", "\"733 MHz\" or \"1.4 GHz\"", "1 Hz", null,
        ("Hz", 1), ("kHz", 1_000), ("MHz", 1_000_000), ("GHz", 1_000_000_000));

    /// <summary>A share or probability, in parts per million.</summary>
    public static readonly QuantityKind PartsPerMillion = new(
        "a share", "\"15 %\", \"0.001\" or \"20 ppm\"", "1 ppm", 1_000_000, ("ppm", 1), ("%", 10_000));

    /// <summary>A share or probability that may be very small, in parts per billion.</summary>
    public static readonly QuantityKind PartsPerBillion = new(
        "a share", "\"0.1 %\", \"0.001\", \"1e-6\" or \"50 ppb\"", "1 ppb", 1_000_000_000, ("ppb", 1), ("ppm", 1_000), ("%", 10_000_000));

    /// <summary>A plain whole number.</summary>
    public static readonly QuantityKind WholeNumber = new("a whole number", "32", "1", 1);
}
