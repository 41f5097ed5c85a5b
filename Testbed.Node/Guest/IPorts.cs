namespace Testbed.Node.Guest;

/// <summary>The guest's I/O ports. Each access traps, and the guest goes on when whoever emulates the port is done.</summary>
public interface IPorts
{
    /// <summary>OUT.</summary>
    void Out(int port, int value, Action then);

    /// <summary>IN.</summary>
    void In(int port, Action<int> then);
}
