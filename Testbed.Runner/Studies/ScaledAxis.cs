using System.Globalization;
using System.Text.RegularExpressions;
using Testbed.Node.Configuration;

namespace Testbed.Runner.Studies;

/// <summary>
/// An axis that multiplies costs: each section of the configuration that a pattern fits, by itself, by each factor; and once nothing.
/// </summary>
/// <param name="Name">Its name.</param>
/// <param name="Sections">Patterns of sections, <c>*</c> for any name: <c>costs.host.*</c>.</param>
/// <param name="FactorsPpm">Factors in parts per million.</param>
/// <param name="Source">Where it is declared, for errors.</param>
internal sealed record ScaledAxis(string Name, IReadOnlyList<string> Sections, IReadOnlyList<long> FactorsPpm, string Source) : Axis(Name)
{
    /// <summary>What the table calls the point at which nothing is multiplied.</summary>
    public const string Unscaled = "none";

    private const long Whole = 1_000_000;

    /// <summary>The column of the factor, in percent.</summary>
    public string FactorColumn => $"{Name}-percent";

    /// <inheritdoc/>
    /// <remarks>How many sections there are is not known before the experiment is; few enough to be no matter.</remarks>
    public override long Count => FactorsPpm.Count;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Columns => [Name, FactorColumn];

    /// <inheritdoc/>
    public override IReadOnlyList<string> Keys => [];

    /// <summary>Its points, given what is to be multiplied.</summary>
    /// <param name="settings">The experiment's settings by key.</param>
    /// <exception cref="ConfigurationException">A pattern fits no section that has a cost.</exception>
    public IReadOnlyList<AxisPoint> PointsOf(IReadOnlyDictionary<string, Setting> settings)
    {
        var points = new List<AxisPoint> { Point(Unscaled, Whole, []) };
        foreach (var pattern in Sections)
        {
            var matches = new Regex($"^({string.Join(@"\.", pattern.Split('.').Select(part => part == "*" ? "[^.]+" : Regex.Escape(part)))})\\.[^.]+$");
            var sections = settings.Values
                .Where(setting => matches.IsMatch(setting.Key) && IsCost(setting))
                .GroupBy(setting => matches.Match(setting.Key).Groups[1].Value, StringComparer.Ordinal)
                .OrderBy(section => section.Key, StringComparer.Ordinal)
                .ToArray();
            if (sections.Length == 0)
                throw new ConfigurationException($"{Source}: axes.{Name}.scale.sections: {ConfigurationException.Shown(pattern)} fits no section with a cost in it");
            foreach (var section in sections)
            {
                // A section of nothing but zeros is nothing to be multiplied.
                if (section.Any(setting => Picoseconds(setting) != 0))
                    points.AddRange(FactorsPpm.Select(factor => Point(section.Key, factor, section.Select(cost => Scaled(cost, factor)))));
            }
        }

        return points;
    }

    private AxisPoint Point(string section, long factor, IEnumerable<Setting> settings) => new(
        null,
        [.. settings],
        [
            new(Name, section.StartsWith("costs.", StringComparison.Ordinal) ? section["costs.".Length..] : section),
            new(FactorColumn, (factor * 100m / Whole).ToString("0.####", CultureInfo.InvariantCulture)),
        ]);

    private Setting Scaled(Setting cost, long factor) => Setting.Scalar(
        cost.Key, Quantity.Cost.Format((long)((Int128)Picoseconds(cost) * factor / Whole)), Source);

    private static bool IsCost(Setting setting) => setting.Text is { } text && text.Any(char.IsAsciiLetter) && Quantity.Cost.TryParse(text, out _, out _);

    private static long Picoseconds(Setting setting) => Quantity.Cost.TryParse(setting.Text!, out var value, out _) ? value : 0;
}
