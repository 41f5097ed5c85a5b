using Akka.Actor;
using Testbed.ExchangeNode;
using Testbed.Node.Experiments;
using Testbed.Node.Remoting;

namespace Testbed.Tests.Remoting;

/// <summary>A node in this process: an actor system of its own, reached over TCP as any other.</summary>
internal sealed class TestNode : IAsyncDisposable
{
    public TestNode(PcRunFactory? factory = null, string? version = null, RemotingSettings? remoting = null, HostPort? peer = null)
    {
        System = RemoteSystem.Start(remoting ?? new RemotingSettings(HostPort.Loopback));
        Server = System.ActorOf(
            NodeServer.Props(new NodeServer.Settings(version ?? ProgramVersion.Current, peer), factory ?? ExchangeRun.Create), NodeServer.Name);
    }

    public ActorSystem System { get; }

    public IActorRef Server { get; }

    public Address Address => RemoteSystem.AddressOf(System);

    public HostPort At => new(Address.Host, Address.Port!.Value);

    public async ValueTask DisposeAsync() => await System.Terminate();
}
