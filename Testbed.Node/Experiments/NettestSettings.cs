using Testbed.Node.Configuration;

namespace Testbed.Node.Experiments;

/// <summary>A copy of <paramref name="Bytes"/> bytes in sends of <paramref name="Chunk"/>.</summary>
/// <param name="Bytes">All that is sent, in bytes; the last send is shorter when they do not divide.</param>
/// <param name="Chunk">One send or receive, in bytes.</param>
public sealed record NettestSettings(long Bytes, long Chunk)
{
    /// <summary>Reads them from the section <c>nettest</c> of an experiment's root.</summary>
    public static NettestSettings Read(SettingsReader root)
    {
        var reader = root.At("nettest");
        return new(reader.Bytes("bytes", 1, 1L << 40), reader.Bytes("chunk", 1, 1 << 20));
    }
}
