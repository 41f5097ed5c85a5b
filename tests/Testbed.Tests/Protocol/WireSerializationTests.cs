using System.Runtime.Serialization;
using System.Text;
using Akka.Actor;
using Akka.Configuration;
using Akka.Serialization;
using Testbed.Node.Remoting;
using Testbed.Protocol;

namespace Testbed.Tests.Protocol;

public sealed class WireSerializationTests : IDisposable
{
    private readonly ActorSystem _system = RemoteSystem.Start(new RemotingSettings(HostPort.Loopback));

    private static int Created { get; set; }

    private Serialization Serialization => ((ExtendedActorSystem)_system).Serialization;

    public void Dispose() => _system.Dispose();

    [Theory]
    [MemberData(nameof(WireTests.Kinds), MemberType = typeof(WireTests))]
    public void Akka_writes_and_reads_every_kind_of_message_with_the_wire_serializer(Type kind)
    {
        var message = WireTests.Filled(kind);

        var serializer = Assert.IsType<WireSerializer>(Serialization.FindSerializerFor(message));
        var back = Serialization.Deserialize(serializer.ToBinary(message), serializer.Identifier, serializer.Manifest(message));

        Assert.Equal(message, back);
    }

    [Fact]
    public void What_cannot_be_read_becomes_a_message_that_says_so()
    {
        var back = Serialization.Deserialize([1, 2, 3], WireSerializer.WireIdentifier, "no-such-kind");

        Assert.Contains("no-such-kind", Assert.IsType<Malformed>(back).Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(6)]
    [InlineData(16)]
    [InlineData(17)]
    [InlineData(22)]
    public void A_payload_that_names_a_type_creates_nothing_whatever_serializer_it_is_for(int serializerId)
    {
        var before = Created;
        var type = typeof(Canary).AssemblyQualifiedName!;
        var json = Encoding.UTF8.GetBytes($$"""{"$type":"{{type}}"}""");

        foreach (var manifest in new[] { type, "", null })
            Assert.IsType<Malformed>(Serialization.Deserialize(json, serializerId, manifest));
        Assert.Equal(before, Created);
    }

    [Fact]
    public void A_payload_for_no_known_serializer_is_refused() =>
        Assert.Throws<SerializationException>(() => Serialization.Deserialize([], 99, typeof(Canary).AssemblyQualifiedName));

    [Fact]
    public void Every_serializer_of_akka_is_replaced()
    {
        // A serializer that a later Akka adds must not slip through.
        var config = _system.Settings.Config.GetConfig("akka.actor.serializers");
        foreach (var (name, value) in config.AsEnumerable())
        {
            var type = Type.GetType(value.GetString());
            Assert.True(type == typeof(RefusingSerializer) || (name == "testbed" && type == typeof(WireSerializer)), $"{name} is {type}");
        }
    }

    [Theory]
    [MemberData(nameof(Others))]
    public void Nothing_else_can_be_written(object message)
    {
        var e = Record.Exception(() => Serialization.FindSerializerFor(message).ToBinary(message));

        Assert.True(e is SerializationException or WireFormatException, $"{e}");
    }

    public static TheoryData<object> Others() => [new Canary(), "text", 7, new byte[1], PoisonPill.Instance, new Identify(1), new Mark()];

    [Fact]
    public void A_persons_settings_cannot_bring_another_serializer_back()
    {
        var hostile = ConfigurationFactory.ParseString("""
            akka.actor.serializers.json = "Akka.Serialization.NewtonSoftJsonSerializer, Akka"
            akka.remote.untrusted-mode = off
            """);
        var config = RemotingConfig.Build(new RemotingSettings(HostPort.Loopback) { Akka = hostile }, HostPort.Loopback);

        Assert.StartsWith(typeof(RefusingSerializer).FullName!, config.GetString("akka.actor.serializers.json"), StringComparison.Ordinal);
        Assert.True(config.GetBoolean("akka.remote.untrusted-mode"));
    }

    public sealed class Canary
    {
        public Canary() => Created++;
    }
}
