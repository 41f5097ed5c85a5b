namespace Testbed.Node.Transport;

/// <summary>
/// What a frame of Akka's protocol looks like from the outside: a protocol buffer of one field, payload or instruction. Nearly all that a stranger
/// may send is found out here, before Akka has to do with it.
/// </summary>
internal static class AkkaFrame
{
    private const byte PayloadTag = (1 << 3) | 2, InstructionTag = (2 << 3) | 2;

    /// <summary>Whether a frame may be one.</summary>
    public static bool IsPlausible(ReadOnlySpan<byte> frame)
    {
        if (frame.Length < 2 || frame[0] is not (PayloadTag or InstructionTag))
            return false;

        // The field's length, seven bits a byte, the lowest first.
        var length = 0L;
        for (var i = 1; i < frame.Length && i <= 5; i++)
        {
            length |= (long)(frame[i] & 0x7f) << (7 * (i - 1));
            if (frame[i] < 0x80)
                return length == frame.Length - i - 1;
        }

        return false;
    }
}
