using Testbed.Node.Observing;
using Testbed.Node.Time;
using Testbed.Protocol;

namespace Testbed.Node.Remoting;

/// <summary>Puts the pieces of a node's recording together again.</summary>
public sealed class RecordingCollection
{
    /// <summary>The most bytes that a node may send: both captures and as much again.</summary>
    public const long LimitBytes = 4L * CaptureWriter.LimitBytes;

    private readonly List<(RecordingPart Part, MemoryStream Bytes, RecordingExtent Extent)> _parts = [];
    private long _number;
    private long _bytes;

    /// <summary>Takes the next piece; one that was taken last may come again, and is passed over.</summary>
    /// <exception cref="FormatException">It is not the next one, or is more than there can be; in one line.</exception>
    public void Add(RecordingChunk piece)
    {
        if (piece.Number == _number && _number > 0)
            return;
        if (piece.Number != ++_number)
            throw new FormatException($"piece {piece.Number} of its recording where {_number} was due");
        _bytes += piece.Data.Length;
        if (_bytes > LimitBytes)
            throw new FormatException($"a recording of more than {LimitBytes} bytes");
        var part = (RecordingPart)(piece.Part - 1);
        if (!Enum.IsDefined(part) || piece.Kept < 0 || piece.LeftOut < 0 || piece.CutAtNs < 0)
            throw new FormatException("a piece of a recording that says nothing");
        if (_parts.Count == 0 || _parts[^1].Part != part)
        {
            if (_parts.Exists(p => p.Part == part))
                throw new FormatException($"a piece of its recording's {part} behind other parts");
            _parts.Add((part, new MemoryStream(), new(piece.Kept, piece.LeftOut, new Instant(piece.CutAtNs))));
        }

        piece.Data.WriteTo(_parts[^1].Bytes);
    }

    /// <summary>What has come.</summary>
    public Recording ToRecording() =>
        new([.. _parts.Select(p => new RecordedPart(p.Part, p.Bytes.GetBuffer().AsMemory(0, (int)p.Bytes.Length), p.Extent))]);
}
