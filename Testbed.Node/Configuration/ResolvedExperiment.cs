using System.Globalization;

namespace Testbed.Node.Configuration;

/// <summary>
/// An experiment with nothing left open: every key that the model reads is in the text, so a node needs no file of its own,
/// and a result is a function of this text and the program's version alone.
/// </summary>
/// <param name="Name">The experiment's name, as <c>testbed list</c> prints it.</param>
/// <param name="Hocon">The whole configuration as canonical HOCON: one <c>key = value</c> a line, keys in ordinal order.</param>
public sealed record ResolvedExperiment(string Name, string Hocon)
{
    private const string Seed = "seed = ";

    /// <summary>The same under another seed, as if it had been resolved with that.</summary>
    /// <param name="seed">The seed, from 0 on.</param>
    public ResolvedExperiment WithSeed(long seed)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(seed);
        var lines = Hocon.Split('\n');
        var at = Array.FindIndex(lines, line => line.StartsWith(Seed, StringComparison.Ordinal));
        lines[at] = string.Create(CultureInfo.InvariantCulture, $"{Seed}{seed}");
        return this with { Hocon = string.Join('\n', lines) };
    }
}
