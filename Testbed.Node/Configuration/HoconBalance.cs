using System.Diagnostics;

namespace Testbed.Node.Configuration;

/// <summary>
/// Checks that every brace, bracket and quote of a HOCON text is closed, and that nothing follows a closed root object.
/// Akka's parser silently accepts the unclosed, ignores the rest of a text after a closing brace too many, and lets a
/// substitution refer to itself without end; a list with a character that HOCON does not know in lists it never finishes.
/// </summary>
internal static class HoconBalance
{
    private const int DeepestNesting = 32;
    private const string NotInLists = "{$:=+`^?!@*&\\";

    /// <summary>Refuses an unbalanced text, naming <paramref name="source"/> and the line.</summary>
    /// <exception cref="ConfigurationException">Something is not closed, or closed without having been opened.</exception>
    public static void Check(string text, string source)
    {
        var open = new Stack<(char Symbol, int Line)>();
        var line = 1;
        var rootClosed = false;
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            switch (c)
            {
                case '\n':
                    line++;
                    break;
                case '#':
                case '/' when i + 1 < text.Length && text[i + 1] == '/':
                    i = EndOfLine(text, i) - 1;
                    break;
                case '"':
                    i = EndOfQuote(text, i, source, ref line);
                    break;
                case var _ when NotInLists.Contains(c) && open.TryPeek(out var inside) && inside.Symbol == '[':
                    throw new ConfigurationException($"{source}:{line}: '{c}' stands in a list; a list holds plain values: quote it");
                case '{' or '[':
                    RefuseAfterRoot(rootClosed, source, line);
                    open.Push((c, line));
                    if (open.Count > DeepestNesting)
                        throw new ConfigurationException($"{source}:{line}: is nested more than {DeepestNesting} deep");
                    break;
                case '$' when i + 1 < text.Length && text[i + 1] == '{':
                    throw new ConfigurationException($"{source}:{line}: substitutions (${{…}}) are not supported; write the value");
                case '}' or ']':
                    Close(open, c, source, line);
                    // Only an object that stands first and alone is the root; "a {}" is a key's.
                    rootClosed = open.Count == 0 && c == '}' && BeginsWithBrace(text);
                    break;
                default:
                    if (!char.IsWhiteSpace(c))
                        RefuseAfterRoot(rootClosed, source, line);
                    break;
            }
        }

        if (open.TryPeek(out var left))
            throw new ConfigurationException($"{source}:{left.Line}: '{left.Symbol}' is never closed; add '{Closing(left.Symbol)}'");
    }

    private static void Close(Stack<(char Symbol, int Line)> open, char c, string source, int line)
    {
        if (!open.TryPop(out var opened))
            throw new ConfigurationException($"{source}:{line}: '{c}' closes nothing; take it out");
        if (Closing(opened.Symbol) != c)
            throw new ConfigurationException(
                $"{source}:{line}: '{c}' where '{Closing(opened.Symbol)}' should close the '{opened.Symbol}' of line {opened.Line}");
    }

    private static void RefuseAfterRoot(bool rootClosed, string source, int line)
    {
        if (rootClosed)
            throw new ConfigurationException($"{source}:{line}: text after the closing '}}' of the whole file; move it inside");
    }

    private static int EndOfLine(string text, int from)
    {
        var end = text.IndexOf('\n', from);
        return end < 0 ? text.Length : end;
    }

    /// <summary>The index of the last character of the quote that opens at <paramref name="from"/>.</summary>
    private static int EndOfQuote(string text, int from, string source, ref int line)
    {
        const string Triple = "\"\"\"";
        if (string.CompareOrdinal(text, from, Triple, 0, 3) == 0)
        {
            var end = text.IndexOf(Triple, from + 3, StringComparison.Ordinal);
            if (end < 0)
                throw new ConfigurationException($"{source}:{line}: the quote \"\"\" is never closed");
            line += text.AsSpan(from, end - from).Count('\n');
            return end + 2;
        }

        for (var i = from + 1; i < text.Length && text[i] != '\n'; i++)
        {
            if (text[i] == '\\')
                i++;
            else if (text[i] == '"')
                return i;
        }

        throw new ConfigurationException($"{source}:{line}: a quote (\") is opened and not closed on its line");
    }

    private static bool BeginsWithBrace(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '#' || (text[i] == '/' && i + 1 < text.Length && text[i + 1] == '/'))
                i = EndOfLine(text, i);
            else if (!char.IsWhiteSpace(text[i]))
                return text[i] == '{';
        }

        return false;
    }

    private static char Closing(char opening) => opening switch
    {
        '{' => '}',
        '[' => ']',
        _ => throw new UnreachableException(),
    };
}
