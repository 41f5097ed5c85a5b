using System.Globalization;

namespace Testbed.Node.Remoting;

/// <summary>A host's name or address, and a TCP port, as a person writes them: <c>host:port</c>, <c>[::1]:port</c>.</summary>
/// <param name="Host">Name or address; without the brackets of an IPv6 address.</param>
/// <param name="Port">0 to 65535; 0 lets the system choose where that makes sense.</param>
public sealed record HostPort(string Host, int Port)
{
    /// <summary>This machine alone, with a port that the system chooses.</summary>
    public static readonly HostPort Loopback = new("127.0.0.1", 0);

    /// <summary>Reads <c>host:port</c>.</summary>
    /// <returns>False, with what is wrong in <paramref name="error"/>, when it is none.</returns>
    public static bool TryParse(string text, out HostPort value, out string error)
    {
        value = Loopback;
        var colon = text.LastIndexOf(':');
        var host = colon < 0 ? text : text[..colon];
        if (host.StartsWith('[') && host.EndsWith(']'))
            host = host[1..^1];
        else if (host.Contains(':', StringComparison.Ordinal))
            host = "";
        if (colon < 0 || Uri.CheckHostName(host) == UriHostNameType.Unknown)
        {
            error = $"'{text}' is not host:port, for instance 192.168.1.10:4733";
            return false;
        }

        if (!ushort.TryParse(text[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var port))
        {
            error = $"'{text}' has no port from 0 to 65535 after the colon";
            return false;
        }

        value = new HostPort(host, port);
        error = "";
        return true;
    }

    /// <summary><c>host:port</c>.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{(Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]" : Host)}:{Port}");
}
