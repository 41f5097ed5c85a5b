using System.Text;
using Testbed.Node.Configuration;

namespace Testbed.Runner.Chaos;

/// <summary>A random plan of faults.</summary>
/// <param name="Faults">Its faults, in the order of their names.</param>
internal sealed record ChaosPlan(IReadOnlyList<PlannedFault> Faults)
{
    private const string Source = "random plan";

    /// <summary>As settings of an experiment: the text goes through the reader that all plans go through.</summary>
    public IEnumerable<Setting> Settings => HoconText.Parse(ToHocon(), Source).Values;

    /// <summary>As a file that <c>--faults</c> takes.</summary>
    /// <param name="description">What it is, in one line; null for none.</param>
    public string ToHocon(string? description = null)
    {
        var text = new StringBuilder();
        if (description is not null)
            text.Append("description = ").Append(Quoted(description)).Append('\n');
        text.Append("faults {\n");
        foreach (var fault in Faults)
        {
            text.Append("  ").Append(fault.Name).Append(" {\n");
            foreach (var (key, value) in fault.Keys.OrderBy(pair => pair.Key, StringComparer.Ordinal))
                text.Append("    ").Append(key).Append(" = ").Append(value.StartsWith('[') ? value : Quoted(value)).Append('\n');
            text.Append("  }\n");
        }

        return text.Append("}\n").ToString();
    }

    /// <summary>The same without one of its faults; what waited for that waits no longer.</summary>
    public ChaosPlan Without(PlannedFault gone) => new(
    [
        .. Faults.Where(fault => fault != gone)
            .Select(fault => fault.Keys.GetValueOrDefault("after") == gone.Name ? fault.Without("after") : fault),
    ]);

    /// <summary>The same with another fault in the place of one.</summary>
    public ChaosPlan With(PlannedFault old, PlannedFault changed) => new([.. Faults.Select(fault => fault == old ? changed : fault)]);

    private static string Quoted(string text) =>
        $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
}
