namespace Testbed.Tests.Transport;

/// <summary>The transports to be tested, as <see cref="Peer.Start"/> knows them.</summary>
public static class Kinds
{
    /// <summary>Each, with either way to wait for sockets.</summary>
    public static TheoryData<string> All =>
        OperatingSystem.IsWindows() ? ["cable-tcp"] : ["cable-tcp", "cable-unix", "cable-unix alone", "cable-tcp portable", "cable-unix portable"];

    /// <summary>Each once, for what does not depend on how sockets are waited for.</summary>
    public static TheoryData<string> Each => OperatingSystem.IsWindows() ? ["cable-tcp"] : ["cable-tcp", "cable-unix"];
}
