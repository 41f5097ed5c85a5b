using System.Diagnostics.CodeAnalysis;
using Google.Protobuf;
using Testbed.Node.Observing;
using Testbed.Protocol;

namespace Testbed.Node.Remoting;

/// <summary>A recording in pieces that are small enough to be sent.</summary>
/// <param name="runId">The run's id.</param>
/// <param name="recording">The recording.</param>
public sealed class RecordingDelivery(string runId, Recording recording)
{
    /// <summary>The most bytes of a piece.</summary>
    public const int PieceBytes = 256 * 1024;

    private int _part;
    private int _position;

    /// <summary>The number of the piece that was made last; 0 before the first.</summary>
    public long Sent => Last?.Number ?? 0;

    /// <summary>The piece that was made last, to be sent again when it was lost; null before the first.</summary>
    public RecordingChunk? Last { get; private set; }

    /// <summary>Makes the next piece.</summary>
    /// <returns>Whether there is one.</returns>
    public bool TryNext([NotNullWhen(true)] out RecordingChunk? piece)
    {
        piece = null;
        if (_part == recording.Parts.Count)
            return false;
        var part = recording.Parts[_part];
        var length = Math.Min(PieceBytes, part.Bytes.Length - _position);
        piece = new RecordingChunk
        {
            RunId = runId,
            Number = Sent + 1,
            Part = (RecordingChunk.Types.Part)(part.Part + 1),
            Data = UnsafeByteOperations.UnsafeWrap(part.Bytes.Slice(_position, length)),
            Kept = part.Extent.Kept,
            LeftOut = part.Extent.LeftOut,
            CutAtNs = part.Extent.CutAt.Nanoseconds,
        };
        _position += length;
        if (_position == part.Bytes.Length)
            (_part, _position) = (_part + 1, 0);
        Last = piece;
        return true;
    }
}
