using System.Globalization;
using Testbed.Node.Results;

namespace Testbed.Runner.Output;

/// <summary>A result's names and figures as a person reads them.</summary>
internal static class Wording
{
    private static readonly (string Words, string Name)[] Names =
        [("vm app", "VMApp"), ("vm net", "VMNet"), ("vm driver", "VMDriver"), ("vmnet", "VMNet"), ("vmm", "VMM"), ("lance", "Lance"), ("irq", "IRQ")];

    /// <summary>"framesSent" as "frames sent", "vmNetDrops" as "VMNet drops", "real11" as "real 11".</summary>
    public static string Words(string name)
    {
        var words = string.Concat(name.Select((c, i) => char.IsAsciiLetterUpper(c) ? $" {char.ToLowerInvariant(c)}"
            : char.IsAsciiDigit(c) && i > 0 && char.IsAsciiLetter(name[i - 1]) ? $" {c}"
            : c.ToString())).TrimStart();
        return Names.Aggregate(words, (text, proper) => text.Replace(proper.Words, proper.Name, StringComparison.Ordinal));
    }

    /// <summary>The same in every country.</summary>
    public static string Text(FormattableString text) => FormattableString.Invariant(text);

    /// <summary>Nanoseconds as "<c>23.81 µs</c>".</summary>
    public static string Us(long ns) => Text($"{ns / 1000m:#,0.00} µs");

    /// <summary>A category with the world that it happens in.</summary>
    public static string Category(string? world, string category) => world is null ? category : $"{world}: {category}";

    /// <summary>How often something happened for each of another; empty without any of the other.</summary>
    public static string Per(long count, long whole) =>
        whole == 0 ? "" : ((decimal)count / whole).ToString("#,0.00", CultureInfo.InvariantCulture);

    /// <summary>The PCs of a result, the sender first.</summary>
    public static KeyValuePair<string, NodeResult>[] SenderFirst(RunResult result) =>
        [.. result.Deterministic.Nodes.OrderByDescending(n => n.Value.Role == "sender")];

    /// <summary>The run in a heading.</summary>
    public static string Title(RunResult result) => $"{result.Experiment}, seed {result.Seed}{(result.Partial ? ": PARTIAL" : "")}";
}
