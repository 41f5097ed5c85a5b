using Testbed.Node.Configuration;

namespace Testbed.Runner.Studies;

/// <summary>Values from one to another: by a step, or by a factor.</summary>
internal static class ValueRange
{
    /// <summary>The values of <c>KEY.range { from, to, step }</c> or <c>{ from, to, times }</c>.</summary>
    /// <param name="range">The section.</param>
    /// <param name="most">How many there may be.</param>
    /// <exception cref="ConfigurationException">It is no range, an empty one, or one with too many values.</exception>
    public static IReadOnlyList<string> Read(SettingsReader range, int most)
    {
        var (from, to) = (range.Text("from"), range.Text("to"));
        var times = range.Has("times");
        if (times == range.Has("step"))
            throw range.Mistake("from", "has to go on by one of step (added) and times (multiplied)");
        var by = times ? range.WholeNumber("times", 2, 1_000_000) : 0;
        string[] texts = times ? [from, to] : [from, to, range.Text("step")];
        if (AnyQuantity.Of(texts) is not { } found)
            throw range.Mistake("from", $"and {string.Join(" and ", texts.Skip(1))} are no quantities of one kind, such as 512 and 65536 or 1 ms and 10 ms");
        var (kind, values) = found;
        var step = times ? 0 : values[2];
        if (times ? values[0] < 1 : step < 1)
            throw range.Mistake(times ? "from" : "step", "has to be above 0");
        if (values[0] > values[1])
            throw range.Mistake("to", $"is below from ({from}): the range is empty");
        var result = new List<string>();
        for (Int128 value = values[0]; value <= values[1]; value = times ? value * by : value + step)
        {
            if (result.Count == most)
                throw range.Mistake("to", $"makes more than {most} values");
            result.Add(kind.Format((long)value));
        }

        // Sizes that come as numbers of bytes stay so: a table of 512, 1024 and 2048 is one of numbers.
        return texts.All(text => text.All(char.IsAsciiDigit)) ? [.. result.Select(text => text.Split(' ')[0])] : result;
    }
}
