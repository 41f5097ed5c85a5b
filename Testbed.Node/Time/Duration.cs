using System.Globalization;

namespace Testbed.Node.Time;

/// <summary>A length of virtual time in whole nanoseconds; may be negative as a difference.</summary>
/// <param name="Nanoseconds">The length in nanoseconds.</param>
public readonly record struct Duration(long Nanoseconds) : IComparable<Duration>
{
    /// <summary>No time at all.</summary>
    public static readonly Duration Zero;

    /// <summary>A whole number of nanoseconds.</summary>
    public static Duration FromNanoseconds(long value) => new(value);

    /// <summary>A whole number of microseconds.</summary>
    public static Duration FromMicroseconds(long value) => new(checked(value * 1_000));

    /// <summary>A whole number of milliseconds.</summary>
    public static Duration FromMilliseconds(long value) => new(checked(value * 1_000_000));

    /// <summary>A whole number of seconds.</summary>
    public static Duration FromSeconds(long value) => new(checked(value * 1_000_000_000));

    /// <summary>The longer of two.</summary>
    public static Duration Max(Duration a, Duration b) => a > b ? a : b;

    /// <summary>In microseconds, for people and reports; model arithmetic stays in nanoseconds.</summary>
    public double Microseconds => Nanoseconds / 1e3;

    /// <summary>In seconds, for people and reports; model arithmetic stays in nanoseconds.</summary>
    public double Seconds => Nanoseconds / 1e9;

    /// <inheritdoc/>
    public int CompareTo(Duration other) => Nanoseconds.CompareTo(other.Nanoseconds);

    /// <summary>The sum.</summary>
    public static Duration operator +(Duration a, Duration b) => new(checked(a.Nanoseconds + b.Nanoseconds));

    /// <summary>The difference.</summary>
    public static Duration operator -(Duration a, Duration b) => new(checked(a.Nanoseconds - b.Nanoseconds));

    /// <summary>A whole multiple.</summary>
    public static Duration operator *(Duration a, long times) => new(checked(a.Nanoseconds * times));

    /// <summary>Shorter than.</summary>
    public static bool operator <(Duration a, Duration b) => a.Nanoseconds < b.Nanoseconds;

    /// <summary>Longer than.</summary>
    public static bool operator >(Duration a, Duration b) => a.Nanoseconds > b.Nanoseconds;

    /// <summary>Shorter than or equal.</summary>
    public static bool operator <=(Duration a, Duration b) => a.Nanoseconds <= b.Nanoseconds;

    /// <summary>Longer than or equal.</summary>
    public static bool operator >=(Duration a, Duration b) => a.Nanoseconds >= b.Nanoseconds;

    /// <summary>For people: microseconds.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Microseconds:0.###} µs");
}
