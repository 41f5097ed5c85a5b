using System.IO.MemoryMappedFiles;
using System.Runtime.CompilerServices;
using Microsoft.Win32.SafeHandles;

namespace Testbed.Node.Transport;

/// <summary>
/// A file's bytes as memory, the same for every process that has mapped it. Offsets are the caller's to keep within it; nothing may be touched once
/// it is disposed.
/// </summary>
internal sealed unsafe class SharedMemory : IDisposable
{
    private readonly SafeMemoryMappedViewHandle _view;
    private byte* _start;

    private SharedMemory(SafeMemoryMappedViewHandle view)
    {
        _view = view;
        view.AcquirePointer(ref _start);
    }

    /// <summary>Maps a file, which may be closed and deleted afterwards.</summary>
    /// <exception cref="IOException">It cannot be mapped.</exception>
    public static SharedMemory Map(SafeFileHandle file, int bytes)
    {
        using var mapping = MemoryMappedFile.CreateFromFile(
            file, null, bytes, MemoryMappedFileAccess.ReadWrite, HandleInheritability.None, leaveOpen: true);

        // The accessor is not disposed of: that would write to the disk what is of no use to anybody any more.
        return new SharedMemory(mapping.CreateViewAccessor(0, bytes).SafeMemoryMappedViewHandle);
    }

    /// <summary>A number in it.</summary>
    /// <param name="offset">A multiple of 8.</param>
    public ref long NumberAt(int offset) => ref Unsafe.AsRef<long>(_start + offset);

    /// <summary>Bytes in it.</summary>
    public Span<byte> BytesAt(int offset, int count) => new(_start + offset, count);

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_start is null)
            return;
        _start = null;
        _view.ReleasePointer();
        _view.Dispose();
    }
}
