using System.Globalization;

namespace Testbed.Node.Time;

/// <summary>A point of virtual time: whole nanoseconds since the PCs were switched on.</summary>
/// <param name="Nanoseconds">Nanoseconds since instant 0. 100 Mb/s is exactly 10 ns a bit, so frames end on whole values.</param>
public readonly record struct Instant(long Nanoseconds) : IComparable<Instant>
{
    /// <summary>The instant at which the PCs are switched on.</summary>
    public static readonly Instant Zero;

    /// <summary>Later than every instant that a run reaches: "never".</summary>
    public static readonly Instant Never = new(long.MaxValue);

    /// <summary>The earlier of two instants.</summary>
    public static Instant Min(Instant a, Instant b) => a < b ? a : b;

    /// <summary>The later of two instants.</summary>
    public static Instant Max(Instant a, Instant b) => a > b ? a : b;

    /// <inheritdoc/>
    public int CompareTo(Instant other) => Nanoseconds.CompareTo(other.Nanoseconds);

    /// <summary>This instant moved by a duration; <see cref="Never"/> stays <see cref="Never"/>.</summary>
    public static Instant operator +(Instant at, Duration by) =>
        at == Never ? Never : new(checked(at.Nanoseconds + by.Nanoseconds));

    /// <summary>This instant moved back by a duration; <see cref="Never"/> stays <see cref="Never"/>.</summary>
    public static Instant operator -(Instant at, Duration by) =>
        at == Never ? Never : new(checked(at.Nanoseconds - by.Nanoseconds));

    /// <summary>The time from <paramref name="from"/> to <paramref name="to"/>.</summary>
    public static Duration operator -(Instant to, Instant from) => new(checked(to.Nanoseconds - from.Nanoseconds));

    /// <summary>Earlier than.</summary>
    public static bool operator <(Instant a, Instant b) => a.Nanoseconds < b.Nanoseconds;

    /// <summary>Later than.</summary>
    public static bool operator >(Instant a, Instant b) => a.Nanoseconds > b.Nanoseconds;

    /// <summary>Earlier than or at.</summary>
    public static bool operator <=(Instant a, Instant b) => a.Nanoseconds <= b.Nanoseconds;

    /// <summary>Later than or at.</summary>
    public static bool operator >=(Instant a, Instant b) => a.Nanoseconds >= b.Nanoseconds;

    /// <summary>For people: seconds with nine decimals, as captures print time.</summary>
    public override string ToString() => this == Never
        ? "never"
        : string.Create(CultureInfo.InvariantCulture, $"{Nanoseconds / 1_000_000_000}.{Nanoseconds % 1_000_000_000:D9} s");
}
