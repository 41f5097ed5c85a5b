namespace Testbed.Node.Experiments;

/// <summary>Which end of the transfer a PC plays.</summary>
public enum Role
{
    /// <summary>Opens the connection and sends.</summary>
    Sender,

    /// <summary>Listens from instant 0 and receives.</summary>
    Receiver,
}
