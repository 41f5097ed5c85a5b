namespace Testbed.Node.Time;

/// <summary>A message with bytes in it: a frame, or what a program sends.</summary>
public interface ICarriesBytes
{
    /// <summary>The bytes.</summary>
    ReadOnlyMemory<byte> Carried { get; }

    /// <summary>The same message with other bytes, as many.</summary>
    object With(ReadOnlyMemory<byte> bytes);
}
