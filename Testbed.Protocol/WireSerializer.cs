using Akka.Actor;
using Akka.Serialization;

namespace Testbed.Protocol;

/// <summary>
/// Akka's way to <see cref="Wire"/>. What cannot be read becomes a <see cref="Malformed"/> for the actor that it was sent to.
/// </summary>
/// <param name="system">The actor system it serves.</param>
public sealed class WireSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    /// <summary>Its number on the wire. 0 to 40 are Akka's own.</summary>
    public const int WireIdentifier = 2001;

    /// <inheritdoc/>
    public override int Identifier => WireIdentifier;

    /// <inheritdoc/>
    public override string Manifest(object o) => Wire.ManifestOf(o);

    /// <inheritdoc/>
    public override byte[] ToBinary(object obj) => Wire.Write(obj);

    /// <inheritdoc/>
    public override object FromBinary(byte[] bytes, string manifest)
    {
        try
        {
            return Wire.Read(bytes, manifest);
        }
        catch (WireFormatException e)
        {
            return new Malformed(e.Message);
        }
    }
}
