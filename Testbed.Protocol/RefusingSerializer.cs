using Akka.Actor;
using Akka.Configuration;
using Akka.Serialization;

namespace Testbed.Protocol;

/// <summary>
/// Stands in for one of Akka's own serializers (JSON, exceptions, actor props, system messages…), under its number, and neither writes
/// nor reads anything. It takes string manifests: with another kind of serializer Akka itself looks up the type that the manifest names.
/// </summary>
public sealed class RefusingSerializer : SerializerWithStringManifest
{
    private readonly string _name;

    /// <summary>Made by Akka from its configuration.</summary>
    /// <param name="system">The actor system it serves.</param>
    /// <param name="settings"><c>refused-id</c> and <c>refused-name</c>: whom it stands in for.</param>
    public RefusingSerializer(ExtendedActorSystem system, Config settings)
        : base(system)
    {
        Identifier = settings.GetInt("refused-id", -1);
        _name = settings.GetString("refused-name");
    }

    /// <inheritdoc/>
    public override int Identifier { get; }

    /// <inheritdoc/>
    public override string Manifest(object o) => "";

    /// <inheritdoc/>
    public override byte[] ToBinary(object obj) =>
        throw new WireFormatException($"a {obj.GetType().Name} is no message of this protocol");

    /// <inheritdoc/>
    public override object FromBinary(byte[] bytes, string manifest) =>
        new Malformed($"a message for Akka's '{_name}' serializer ({bytes.Length} bytes), which is switched off");
}
