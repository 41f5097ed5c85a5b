using System.Globalization;
using Microsoft.Win32.SafeHandles;

namespace Testbed.Node.Transport;

/// <summary>
/// The file by which memory for a connection is shared: in the folder of the sockets, which only their owner can enter, and only until the
/// peer has it too.
/// </summary>
internal sealed class RingFile : IDisposable
{
    /// <summary>Most characters of a name.</summary>
    public const int MostNameChars = 40;

    private const string Ending = ".ring";
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private static long _made;

    private readonly string _path;
    private SharedMemory? _memory;

    private RingFile(string name, string path, SharedMemory memory) => (Name, _path, _memory) = (name, path, memory);

    /// <summary>Its name, without the folder.</summary>
    public string Name { get; }

    /// <summary>Makes one, full of zeros.</summary>
    /// <returns>Null when that cannot be done here.</returns>
    public static RingFile? TryCreate(int bytes)
    {
        if (OperatingSystem.IsWindows())
            return null;
        var name = string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessId}-{Interlocked.Increment(ref _made)}{Ending}");
        var path = Path.Combine(UnixSocketFiles.Folder, name);
        try
        {
            // Left by a killed process that had this one's number.
            File.Delete(path);
            using var file = new FileStream(path, new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.ReadWrite,
                Share = FileShare.ReadWrite | FileShare.Delete,
                UnixCreateMode = OwnerOnly,
                BufferSize = 0,
            });

            // Written, and not only made that long: a full disk is found out here, and not by a signal at the first touch.
            file.Write(new byte[bytes]);
            return new RingFile(name, path, SharedMemory.Map(file.SafeFileHandle, bytes));
        }
        catch (Exception e) when (IsOfTheSystem(e))
        {
            Delete(path);
            return null;
        }
    }

    /// <summary>Whether a name is one of ours: process, number, ending; so never a path.</summary>
    public static bool IsName(string name)
    {
        if (name.Length > MostNameChars || !name.EndsWith(Ending, StringComparison.Ordinal))
            return false;
        var parts = name[..^Ending.Length].Split('-');
        return parts.Length == 2 && parts.All(part => part.Length > 0 && part.All(char.IsAsciiDigit));
    }

    /// <summary>Maps a peer's, and deletes it: nothing is left behind, whatever becomes of the two.</summary>
    /// <returns>Null when that cannot be done here, or it is not what it should be.</returns>
    public static SharedMemory? TryOpen(string name, int bytes)
    {
        var path = Path.Combine(UnixSocketFiles.Folder, name);
        try
        {
            // Whoever could put something else in its place after this look could as well do anything else in this user's name.
            if (!IsName(name) || new FileInfo(path) is not { Exists: true, LinkTarget: null })
                return null;
            using SafeFileHandle file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
            if (RandomAccess.GetLength(file) != bytes || (!OperatingSystem.IsWindows() && File.GetUnixFileMode(file) != OwnerOnly))
                return null;
            var memory = SharedMemory.Map(file, bytes);
            Delete(path);
            return memory;
        }
        catch (Exception e) when (IsOfTheSystem(e))
        {
            return null;
        }
    }

    /// <summary>Deletes what killed processes have left: few do, in the instant between making one and its being opened.</summary>
    public static void Sweep()
    {
        try
        {
            foreach (var path in Directory.EnumerateFiles(UnixSocketFiles.Folder, "*" + Ending))
            {
                // If it belongs to a process that cannot be seen from here after all, that one's connection stays with the socket.
                var name = Path.GetFileName(path);
                if (IsName(name) && !Directory.Exists($"/proc/{name.AsSpan(0, name.IndexOf('-'))}"))
                    Delete(path);
            }
        }
        catch (Exception e) when (IsOfTheSystem(e))
        {
            // Another time.
        }
    }

    /// <summary>The memory, from now on the caller's; the file is deleted.</summary>
    public SharedMemory Take()
    {
        var memory = _memory!;
        _memory = null;
        Delete(_path);
        return memory;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_memory is not null)
            Take().Dispose();
    }

    private static void Delete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (IsOfTheSystem(e))
        {
            // The next sweep may.
        }
    }

    private static bool IsOfTheSystem(Exception e) =>
        e is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException;
}
