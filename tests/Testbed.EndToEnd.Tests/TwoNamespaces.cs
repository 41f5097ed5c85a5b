using System.ComponentModel;
using System.Diagnostics;

namespace Testbed.EndToEnd.Tests;

/// <summary>Two network namespaces, each with one end of a virtual Ethernet cable: as near to two machines as one can be.</summary>
internal sealed class TwoNamespaces : IDisposable
{
    public const string FirstAddress = "10.47.33.1";
    public const string SecondAddress = "10.47.33.2";

    private readonly string _first = $"testbed-{Environment.ProcessId}-a";
    private readonly string _second = $"testbed-{Environment.ProcessId}-b";

    private TwoNamespaces()
    {
    }

    /// <summary>What to put before a command for it to run there.</summary>
    public IEnumerable<string> InFirst => ["ip", "netns", "exec", _first];

    public IEnumerable<string> InSecond => ["ip", "netns", "exec", _second];

    /// <summary>Makes them; null, and the reason, where that is not permitted or there is no <c>ip</c>.</summary>
    public static TwoNamespaces? Create(out string reason)
    {
        var network = new TwoNamespaces();
        try
        {
            network.Build();
            reason = "";
            return network;
        }
        catch (Exception e) when (e is Win32Exception or InvalidOperationException)
        {
            network.Dispose();
            reason = e.Message;
            return null;
        }
    }

    /// <summary>Takes the cable out, at one end.</summary>
    public void Unplug() => Ip("-n", _second, "link", "set", "cable0", "down");

    /// <summary>Puts it back.</summary>
    public void Plug() => Ip("-n", _second, "link", "set", "cable0", "up");

    public void Dispose()
    {
        // With a namespace goes its end of the cable, and with that the other end.
        foreach (var name in new[] { _first, _second })
        {
            try
            {
                Ip("netns", "del", name);
            }
            catch (Exception e) when (e is Win32Exception or InvalidOperationException)
            {
                // It never was.
            }
        }
    }

    private void Build()
    {
        Ip("netns", "add", _first);
        Ip("netns", "add", _second);
        Ip("link", "add", "cable0", "netns", _first, "type", "veth", "peer", "name", "cable0", "netns", _second);
        foreach (var (name, address) in new[] { (_first, FirstAddress), (_second, SecondAddress) })
        {
            Ip("-n", name, "address", "add", $"{address}/30", "dev", "cable0");
            Ip("-n", name, "link", "set", "cable0", "up");
            Ip("-n", name, "link", "set", "lo", "up");
        }
    }

    private static void Ip(params string[] arguments)
    {
        using var ip = Process.Start(new ProcessStartInfo("ip", arguments) { RedirectStandardError = true })!;
        var error = ip.StandardError.ReadToEnd();
        ip.WaitForExit();
        if (ip.ExitCode != 0)
            throw new InvalidOperationException($"ip {string.Join(' ', arguments)}: {error.Trim()}");
    }
}
