using System.Text.RegularExpressions;
using Testbed.Node.Configuration;

namespace Testbed.Runner.Studies;

/// <summary>
/// A condition on a row: comparisons of a column with a value or with another column, joined by <c>and</c> and <c>or</c>, of which
/// <c>and</c> binds the tighter.
/// </summary>
internal sealed partial class Condition
{
    private readonly Comparison[][] _anyOfAll;

    private Condition(string text, Comparison[][] anyOfAll) => (Text, _anyOfAll) = (text, anyOfAll);

    /// <summary>As it was written.</summary>
    public string Text { get; }

    /// <summary>Reads a condition.</summary>
    /// <param name="text">Such as <c>nettest.chunk &gt;= 4096 or configuration = native</c>.</param>
    /// <param name="columns">The columns that there are.</param>
    /// <exception cref="FormatException">It is none; in one line.</exception>
    public static Condition Parse(string text, IReadOnlyCollection<string> columns) => new(
        text, [.. text.Split(" or ").Select(all => all.Split(" and ").Select(one => Comparison.Parse(one.Trim(), columns)).ToArray())]);

    /// <summary>Whether it holds.</summary>
    /// <param name="cell">What stands in a column.</param>
    /// <exception cref="FormatException">Two values have no order; in one line.</exception>
    public bool Holds(Func<string, string> cell) => _anyOfAll.Any(all => all.All(one => one.Holds(cell)));

    [GeneratedRegex(@"^(?<left>.+?)\s*(?<operator><=|>=|!=|=|<|>)\s*(?<right>.+)$")]
    private static partial Regex Form();

    private sealed record Comparison(string Left, string Operator, string Right, bool RightIsColumn)
    {
        public static Comparison Parse(string text, IReadOnlyCollection<string> columns)
        {
            if (Form().Match(text) is not { Success: true } match)
                throw new FormatException($"'{ConfigurationException.Shown(text)}' is no comparison, such as nettest.chunk >= 4096");
            var left = match.Groups["left"].Value;
            if (!columns.Contains(left))
                throw new FormatException(
                    $"{ConfigurationException.Shown(left)} is no column{(NearestName.Of(left, columns) is { } near ? $"; did you mean {near}?" : $"; there are {string.Join(", ", columns)}")}");
            var right = match.Groups["right"].Value;
            return new(left, match.Groups["operator"].Value, right, columns.Contains(right));
        }

        public bool Holds(Func<string, string> cell)
        {
            var (left, right) = (cell(Left), RightIsColumn ? cell(Right) : Right);
            var values = AnyQuantity.Of(left, right)?.Values;
            if (Operator is "=" or "!=")
                return (values is null ? left == right : values[0] == values[1]) == (Operator == "=");
            if (values is null)
                throw new FormatException($"{Left} is {ConfigurationException.Shown(left)}, of which nothing is less or more than {ConfigurationException.Shown(right)}");
            return Operator switch
            {
                "<" => values[0] < values[1],
                "<=" => values[0] <= values[1],
                ">" => values[0] > values[1],
                _ => values[0] >= values[1],
            };
        }
    }
}
