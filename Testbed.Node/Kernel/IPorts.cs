namespace Testbed.Node.Kernel;

/// <summary>I/O ports as a driver accesses them. A guest's accesses trap: the driver goes on when whoever emulates the port is done.</summary>
public interface IPorts
{
    /// <summary>OUT.</summary>
    void Out(int port, int value, Action then);

    /// <summary>IN.</summary>
    void In(int port, Action<int> then);
}
