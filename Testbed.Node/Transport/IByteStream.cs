namespace Testbed.Node.Transport;

/// <summary>What carries a connection's bytes, never blocking: the socket itself, or memory that both processes share.</summary>
internal interface IByteStream
{
    /// <summary>What the peer has done that nobody who keeps to the rules does, in a few words; null while it has not.</summary>
    string? Malformed { get; }

    /// <summary>Sends as much as there is room for.</summary>
    /// <returns>How many bytes; 0: none for now; less: the stream is broken.</returns>
    int Send(ReadOnlySpan<byte> bytes);

    /// <summary>Takes what has come.</summary>
    /// <returns>How many bytes; 0: none for now; less: no more will come.</returns>
    int Receive(Span<byte> bytes);

    /// <summary>Gives back what it holds; it is of no use afterwards.</summary>
    void Close();
}
