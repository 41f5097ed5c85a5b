using Testbed.Tests.Remoting;

namespace Testbed.EndToEnd.Tests;

/// <summary>Two nodes and the place of their runner, each behind a relay through which the others reach it, and that can be cut.</summary>
internal sealed class RelayedNodes : IAsyncDisposable
{
    private readonly TcpRelay _toSender;
    private readonly TcpRelay _toReceiver;
    private readonly TcpRelay _toRunner;
    private readonly int _runnerPort = TcpRelay.FreePort();
    private readonly TestProgram _sender;
    private readonly TestProgram _receiver;

    private RelayedNodes(string transport, Func<TimeSpan>? delay)
    {
        var (senderPort, receiverPort) = (TcpRelay.FreePort(), TcpRelay.FreePort());
        _toSender = new TcpRelay(senderPort, delay);
        _toReceiver = new TcpRelay(receiverPort, delay);
        _toRunner = new TcpRelay(_runnerPort, delay);
        _sender = Node(senderPort, _toSender, _toReceiver);
        _receiver = Node(receiverPort, _toReceiver, _toSender);

        TestProgram Node(int port, TcpRelay own, TcpRelay peer) => TestProgram.StartNode(
            "--bind", $"127.0.0.1:{port}", "--public", $"{own.At}", "--peer", $"{peer.At}", "--transport", transport);
    }

    /// <summary>What a runner is told to find them, and to be found.</summary>
    public string[] Options =>
        ["--node", $"pc-733={_toSender.At}", "--node", $"pc-350={_toReceiver.At}", "--bind", $"127.0.0.1:{_runnerPort}", "--public", $"{_toRunner.At}"];

    /// <summary>Connections that have gone through the relays.</summary>
    public int Connections => _toSender.Connections + _toReceiver.Connections;

    /// <summary>Whether both still run.</summary>
    public bool Run => Proc.Runs(_sender.Id) && Proc.Runs(_receiver.Id);

    /// <param name="transport">What carries the nodes' messages.</param>
    /// <param name="delay">See <see cref="TcpRelay"/>.</param>
    public static async Task<RelayedNodes> StartAsync(string transport = "cable-tcp", Func<TimeSpan>? delay = null)
    {
        var nodes = new RelayedNodes(transport, delay);
        await TestProgram.ListeningAsync(nodes._sender, nodes._receiver);
        return nodes;
    }

    public void Cut()
    {
        _toSender.Cut();
        _toReceiver.Cut();
        _toRunner.Cut();
    }

    public void Restore()
    {
        _toSender.Restore();
        _toReceiver.Restore();
        _toRunner.Restore();
    }

    public async ValueTask DisposeAsync()
    {
        await _sender.DisposeAsync();
        await _receiver.DisposeAsync();
        _toSender.Dispose();
        _toReceiver.Dispose();
        _toRunner.Dispose();
    }
}
