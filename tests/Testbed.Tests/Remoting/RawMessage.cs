using Akka.Actor;
using Akka.Configuration;
using Akka.Serialization;
using Testbed.Node.Remoting;
using Testbed.Protocol;

namespace Testbed.Tests.Remoting;

/// <summary>Bytes that claim to be anything at all, for any serializer: what a stranger could send.</summary>
internal sealed record RawMessage(string Manifest, byte[] Bytes)
{
    /// <summary>A system that sends them, for the serializer of the given number; and reads what nodes answer.</summary>
    public static ActorSystem StartSystem(int serializerId) => ActorSystem.Create(RemoteSystem.Name, ConfigurationFactory.ParseString($$"""
        akka.actor.serializers.raw = "{{typeof(Writer).AssemblyQualifiedName}}"
        akka.actor.serialization-settings.raw.id = {{serializerId}}
        akka.actor.serialization-bindings."{{typeof(RawMessage).AssemblyQualifiedName}}" = raw
        """).WithFallback(RemotingConfig.Build(
            new RemotingSettings(HostPort.Loopback) { Transport = TransportKind.DotNetty }, HostPort.Loopback)));

    /// <summary>Writes them as they are; reads as the protocol does.</summary>
    public sealed class Writer(ExtendedActorSystem system, Config settings) : SerializerWithStringManifest(system)
    {
        public override int Identifier { get; } = settings.GetInt("id");

        public override string Manifest(object o) => ((RawMessage)o).Manifest;

        public override byte[] ToBinary(object obj) => ((RawMessage)obj).Bytes;

        public override object FromBinary(byte[] bytes, string manifest) => Wire.Read(bytes, manifest);
    }
}
