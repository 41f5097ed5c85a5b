using System.Globalization;
using System.Numerics;

namespace Testbed.Node.Configuration;

/// <summary>
/// A kind of quantity (a duration, a rate, …): its units, and the exact integer that a text of the form "<c>5.76 us</c>" stands for.
/// Decimal arithmetic throughout; what does not come out whole is refused, never rounded.
/// </summary>
public sealed class QuantityKind
{
    private const int LongestNumber = 40;
    private readonly (string Unit, long Factor)[] _units;
    private readonly string[] _spellings;
    private readonly long? _bareFactor;
    private readonly string _examples;
    private readonly string _finest;

    /// <summary>A kind.</summary>
    /// <param name="name">With its article: "a duration".</param>
    /// <param name="examples">Examples for errors: "500 ns, 5.76 us or 10 ms".</param>
    /// <param name="finest">The least step, for errors: "1 ns".</param>
    /// <param name="bareFactor">What a number without a unit counts; null when a unit is required (a bare 0 is always understood).</param>
    /// <param name="units">Units with what they count, the finest first; a unit's first spelling is the one that is written.</param>
    internal QuantityKind(string name, string examples, string finest, long? bareFactor, params (string Spellings, long Factor)[] units)
    {
        Name = name;
        _examples = examples;
        _finest = finest;
        _bareFactor = bareFactor;
        _spellings = units.Select(u => u.Spellings.Split('|')[0]).ToArray();
        _units = units.SelectMany(u => u.Spellings.Split('|').Select(s => (s, u.Factor))).ToArray();
    }

    /// <summary>With its article: "a duration".</summary>
    public string Name { get; }

    /// <summary>What would be right: "<c>expected a duration such as 500 ns</c>".</summary>
    public string Expectation => $"expected {Name} such as {_examples}";

    private string Units => _spellings.Length == 0 ? "" : $" (units: {string.Join(", ", _spellings)})";

    /// <summary>Reads a text.</summary>
    /// <param name="text">A decimal number and a unit, with or without a space between them.</param>
    /// <param name="value">The whole number of the kind's least step.</param>
    /// <param name="problem">Why it is refused and what would be right, or null.</param>
    public bool TryParse(string text, out long value, out string? problem)
    {
        value = 0;
        text = text.Trim();
        if (!TrySplit(text, out var digits, out var scale, out var unit))
        {
            problem = Expectation;
            return false;
        }

        long factor;
        if (unit.Length == 0)
        {
            if (_bareFactor is null && !digits.IsZero)
            {
                problem = $"has no unit; {Expectation}";
                return false;
            }

            factor = _bareFactor ?? 1;
        }
        else
        {
            factor = Array.Find(_units, u => u.Unit == unit).Factor;
            if (factor == 0)
            {
                problem = $"{ConfigurationException.Shown(unit)} is no unit of {Name}; {Expectation}{Units}";
                return false;
            }
        }

        var whole = digits * factor;
        if (scale < 0)
        {
            whole *= BigInteger.Pow(10, -scale);
        }
        else
        {
            whole = BigInteger.DivRem(whole, BigInteger.Pow(10, scale), out var remainder);
            if (!remainder.IsZero)
            {
                problem = $"is finer than {_finest}, the least step; {Expectation}";
                return false;
            }
        }

        if (whole < long.MinValue || whole > long.MaxValue)
        {
            problem = $"is too large; {Expectation}";
            return false;
        }

        value = (long)whole;
        problem = null;
        return true;
    }

    /// <summary>Writes a value in the largest unit that it is a whole multiple of.</summary>
    public string Format(long value)
    {
        if (_units.Length == 0)
            return value.ToString(CultureInfo.InvariantCulture);
        var best = _units[0];
        foreach (var spelling in _spellings)
        {
            var unit = Array.Find(_units, u => u.Unit == spelling);
            if (unit.Factor > best.Factor && value % unit.Factor == 0 && value != 0)
                best = unit;
        }

        return string.Create(CultureInfo.InvariantCulture, $"{value / best.Factor} {best.Unit}");
    }

    /// <summary>Splits "<c>-1.5e3 ms</c>" into the digits -15, the scale -2 (digits × 10^-scale) and the unit.</summary>
    private static bool TrySplit(string text, out BigInteger digits, out int scale, out string unit)
    {
        (digits, scale, unit) = (BigInteger.Zero, 0, "");
        var i = 0;
        var negative = text.StartsWith('-');
        if (negative)
            i++;
        var whole = TakeDigits(text, ref i);
        var fraction = "";
        if (i < text.Length && text[i] == '.')
        {
            i++;
            fraction = TakeDigits(text, ref i);
            if (fraction.Length == 0)
                return false;
        }

        if (whole.Length == 0 || whole.Length + fraction.Length > LongestNumber)
            return false;
        digits = BigInteger.Parse(whole + fraction, NumberStyles.None, CultureInfo.InvariantCulture);
        if (negative)
            digits = -digits;
        scale = fraction.Length - TakeExponent(text, ref i);
        unit = text[i..].Trim();
        return true;
    }

    private static string TakeDigits(string text, ref int i)
    {
        var from = i;
        while (i < text.Length && char.IsAsciiDigit(text[i]))
            i++;
        return text[from..i];
    }

    /// <summary>An exponent of at most two digits; anything else is left to be the unit.</summary>
    private static int TakeExponent(string text, ref int i)
    {
        if (i >= text.Length || text[i] is not ('e' or 'E'))
            return 0;
        var at = i + 1;
        var negative = at < text.Length && text[at] == '-';
        if (negative || (at < text.Length && text[at] == '+'))
            at++;
        var digits = TakeDigits(text, ref at);
        if (digits.Length is 0 or > 2)
            return 0;
        i = at;
        var exponent = int.Parse(digits, NumberStyles.None, CultureInfo.InvariantCulture);
        return negative ? -exponent : exponent;
    }
}
