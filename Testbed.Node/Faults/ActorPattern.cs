using System.Text.RegularExpressions;

namespace Testbed.Node.Faults;

/// <summary>
/// Which actors a fault may strike: a path from the PC down, as <c>pc-733/vmm</c>. In it <c>*</c> stands for any part of one name and <c>**</c> for any
/// number of names.
/// </summary>
public sealed partial class ActorPattern
{
    private readonly Regex _regex;

    private ActorPattern(string text)
    {
        var body = Regex.Escape(text).Replace(@"/\*\*", "(/.*)?", StringComparison.Ordinal).Replace(@"\*\*", ".*", StringComparison.Ordinal).Replace(@"\*", "[^/]*", StringComparison.Ordinal);
        _regex = new Regex($"^{body}$", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking);
    }

    /// <summary>Reads a pattern.</summary>
    /// <param name="text">Names of letters, digits, <c>-</c> and <c>*</c>, with <c>/</c> between them.</param>
    /// <returns>The pattern; null if the text is none.</returns>
    public static ActorPattern? TryParse(string text) => Form().IsMatch(text) ? new(text) : null;

    /// <summary>Whether the actor of this path, as <c>pc-733/vmm</c>, is one of them.</summary>
    public bool Matches(string path) => _regex.IsMatch(path);

    [GeneratedRegex("^[a-z0-9*-]+(/[a-z0-9*-]+)*$", RegexOptions.CultureInvariant)]
    private static partial Regex Form();
}
