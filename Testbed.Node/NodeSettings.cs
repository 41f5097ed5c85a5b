using System.Globalization;
using Akka.Configuration;
using Testbed.Node.Remoting;

namespace Testbed.Node;

/// <summary>What a node is told at its start.</summary>
public sealed record NodeSettings
{
    /// <summary>Where a node listens unless told otherwise: this machine alone, as there is no encryption or authentication yet.</summary>
    public static readonly HostPort DefaultBind = new("127.0.0.1", 4733);

    private static readonly string[] Keys = ["bind", "public", "peer", "wait", "transport"];

    /// <summary>Where it listens.</summary>
    public HostPort Bind { get; init; } = DefaultBind;

    /// <summary>See <see cref="RemotingSettings.Public"/>.</summary>
    public HostPort? Public { get; init; }

    /// <summary>Where the other node is reached, when that is not where the runner reaches it.</summary>
    public HostPort? Peer { get; init; }

    /// <summary>See <see cref="RemotingSettings.Wait"/>.</summary>
    public TimeSpan Wait { get; init; } = RemotingSettings.DefaultWait;

    /// <summary>See <see cref="RemotingSettings.Transport"/>.</summary>
    public TransportKind Transport { get; init; } = TransportKind.CableTcp;

    /// <summary>See <see cref="RemotingSettings.Akka"/>.</summary>
    public Config Akka { get; init; } = Config.Empty;

    /// <summary>The part that Akka needs.</summary>
    public RemotingSettings Remoting => new(Bind) { Public = Public, Wait = Wait, Transport = Transport, Akka = Akka };

    /// <summary>
    /// Reads a configuration file: <c>node { bind, public, peer, wait, transport }</c>, with addresses as host:port and <c>wait</c> as in
    /// "30 s", and optionally <c>akka { … }</c>.
    /// </summary>
    /// <exception cref="FormatException">One line: the file, the key, what is wrong and what would be right.</exception>
    public static NodeSettings Read(string file)
    {
        try
        {
            return Parse(File.ReadAllText(file));
        }
        catch (Exception e) when (e is not FormatException)
        {
            throw new FormatException($"{file}: {e.Message.ReplaceLineEndings(" ")}");
        }
        catch (FormatException e)
        {
            throw new FormatException($"{file}: {e.Message}");
        }
    }

    /// <summary>A wait as a person writes it: a number and <c>ms</c>, <c>s</c> or <c>min</c>.</summary>
    /// <exception cref="FormatException">It is none, or not between 1 ms and a day.</exception>
    public static TimeSpan ParseWait(string text)
    {
        var trimmed = text.Trim();
        var number = trimmed.TrimEnd("abcdefghijklmnopqrstuvwxyz".ToCharArray());
        var unit = trimmed[number.Length..] switch
        {
            "ms" => TimeSpan.FromMilliseconds(1),
            "s" => TimeSpan.FromSeconds(1),
            "min" => TimeSpan.FromMinutes(1),
            _ => TimeSpan.Zero,
        };
        if (unit > TimeSpan.Zero
            && decimal.TryParse(number.Trim(), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var count)
            && count <= 24 * 3600 * 1000)
        {
            var wait = unit * (double)count;
            if (wait >= TimeSpan.FromMilliseconds(1) && wait <= TimeSpan.FromDays(1))
                return wait;
        }

        throw new FormatException($"'{text}' is not a time between 1 ms and a day, for instance '30 s'");
    }

    private static NodeSettings Parse(string text)
    {
        CheckBalanced(text);
        var config = ConfigurationFactory.ParseString(text);
        var settings = new NodeSettings();
        foreach (var (section, _) in config.AsEnumerable())
        {
            if (section is not ("node" or "akka"))
                throw new FormatException($"unknown section '{section}'; there are 'node' and 'akka'");
        }

        if (config.HasPath("akka"))
            settings = settings with { Akka = config };
        if (!config.HasPath("node"))
            return settings;
        var node = config.GetConfig("node");
        foreach (var (key, _) in node.AsEnumerable())
        {
            settings = key switch
            {
                "bind" => settings with { Bind = Address(node, key) },
                "public" => settings with { Public = Address(node, key) },
                "peer" => settings with { Peer = Address(node, key) },
                "wait" => settings with { Wait = ParseWait(node.GetString(key)) },
                "transport" => settings with { Transport = TransportKinds.Parse(node.GetString(key)) },
                _ => throw new FormatException($"unknown key 'node.{key}'; there are {string.Join(", ", Keys.Select(k => $"node.{k}"))}"),
            };
        }

        return settings;
    }

    private static HostPort Address(Config node, string key) => HostPort.TryParse(node.GetString(key), out var value, out var error)
        ? value
        : throw new FormatException($"node.{key}: {error}");

    // Akka's parser takes a file that ends in the middle for a complete one.
    private static void CheckBalanced(string text)
    {
        var depth = 0;
        var quoted = false;
        foreach (var line in text.Split('\n'))
        {
            for (var i = 0; i < line.Length; i++)
            {
                if (line[i] == '"')
                    quoted = !quoted;
                else if (!quoted && (line[i] == '#' || line.AsSpan(i).StartsWith("//")))
                    break;
                else if (!quoted && line[i] is '{' or '[')
                    depth++;
                else if (!quoted && line[i] is '}' or ']')
                    depth--;
            }
        }

        if (depth != 0 || quoted)
            throw new FormatException(quoted ? "a quotation mark is not closed" : "the braces do not match");
    }
}
