using Akka.Configuration;

namespace Testbed.Node.Transport;

/// <summary>What a transport of ours reads from its section of Akka's configuration.</summary>
/// <param name="Host">Where it listens.</param>
/// <param name="Port">0 lets the system choose.</param>
/// <param name="PublicHost">The name that others use.</param>
/// <param name="PublicPort">The port that others use; 0: the one it listens on.</param>
/// <param name="MaximumPayload">Most bytes of a message with what Akka puts round it.</param>
/// <param name="SendQueueLimit">Most bytes that may wait to be sent on a connection; one that needs more is closed.</param>
/// <param name="ConnectTimeout">How long a peer may take to accept a connection.</param>
/// <param name="SharesMemory">Whether to let bytes go through shared memory, where that can be done at all.</param>
internal sealed record CableTransportSettings(
    string Host, int Port, string PublicHost, int PublicPort, int MaximumPayload, long SendQueueLimit, TimeSpan ConnectTimeout,
    bool SharesMemory)
{
    /// <summary>What Akka's own protocol adds to a payload that it has already found small enough.</summary>
    private const int ProtocolBytes = 1024;

    /// <summary>Most bytes of a frame on the wire.</summary>
    public int MostFrameBytes => MaximumPayload + ProtocolBytes;

    /// <summary>Reads them.</summary>
    public static CableTransportSettings Read(Config config) => new(
        config.GetString("hostname"),
        config.GetInt("port"),
        config.GetString("public-hostname"),
        config.GetInt("public-port"),
        checked((int)config.GetByteSize("maximum-frame-size")!.Value),
        config.GetByteSize("send-queue-limit")!.Value,
        config.GetTimeSpan("connection-timeout"),
        config.GetBoolean("shared-memory", true));
}
