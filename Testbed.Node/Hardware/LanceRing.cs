namespace Testbed.Node.Hardware;

/// <summary>A ring of descriptors in a machine's memory, as the Lance keeps it: where it is, how long, and which descriptor is current.</summary>
internal struct LanceRing
{
    private readonly GuestMemory _memory;
    private readonly uint _base;
    private readonly int _length;
    private int _current;

    /// <summary>A ring whose first descriptor is current.</summary>
    public LanceRing(GuestMemory memory, uint at, int length)
    {
        (_memory, _base, _length) = (memory, at, length);
    }

    /// <summary>How many descriptors it has.</summary>
    public readonly int Length => _length;

    /// <summary>Where the descriptor a number of places after the current one is.</summary>
    public readonly uint At(int ahead = 0)
    {
        var index = _current + ahead;
        if (index >= _length)
            index %= _length;
        return _base + (uint)(index * LanceDescriptor.Size);
    }

    /// <summary>The second word of the descriptor a number of places after the current one.</summary>
    public readonly LanceDescriptorFlags Flags(int ahead = 0) =>
        (LanceDescriptorFlags)_memory.ReadUInt32(At(ahead) + LanceDescriptor.Flags);

    /// <summary>Whether the descriptor a number of places after the current one is the chip's.</summary>
    public readonly bool IsOwned(int ahead = 0) => (Flags(ahead) & LanceDescriptorFlags.Own) != 0;

    /// <summary>Sets the second word of the descriptor a number of places after the current one.</summary>
    public readonly void SetFlags(LanceDescriptorFlags flags, int ahead = 0) =>
        _memory.WriteUInt32(At(ahead) + LanceDescriptor.Flags, (uint)flags);

    /// <summary>Sets the third word of the descriptor a number of places after the current one.</summary>
    public readonly void SetMessage(uint message, int ahead = 0) =>
        _memory.WriteUInt32(At(ahead) + LanceDescriptor.Message, message);

    /// <summary>The first bytes of the buffer of the descriptor a number of places after the current one.</summary>
    public readonly Span<byte> Buffer(int length, int ahead = 0) =>
        _memory.At(_memory.ReadUInt32(At(ahead) + LanceDescriptor.Buffer), length);

    /// <summary>Makes the descriptor a number of places after the current one the current one.</summary>
    public void Advance(int places = 1) => _current = (_current + places) % _length;
}
