using System.Runtime.InteropServices;

namespace Granary.Jobs;

/// <summary>What a path leads to, links followed.</summary>
public enum FileKind
{
    /// <summary>Nothing that is there or can be seen.</summary>
    Nothing,
    /// <summary>A regular file: it can be read as often as one likes, by any process.</summary>
    File,
    /// <summary>A folder.</summary>
    Folder,
    /// <summary>A pipe, or a name that only this process has for something that is open in it ("/dev/stdin").</summary>
    Pipe,
    /// <summary>A character or block device.</summary>
    Device,
    /// <summary>A socket.</summary>
    Socket,
}

/// <summary>Tells kinds of files apart before one is opened: opening a pipe waits for whoever writes to it.</summary>
public static partial class FileKinds
{
    private const int TypeMask = 0xf000;
    private const int ModeOffset = 28; // of struct statx, the same on every processor
    private const int CurrentDirectory = -100;
    private const uint TypeWanted = 1;

    private static readonly string[] OwnNames = ["/dev/stdin", "/dev/fd/", "/proc/self/fd/", "/proc/thread-self/fd/"];

    /// <summary>The kind of what a path leads to. Where the system does not tell pipes from files, both are files.</summary>
    public static FileKind Of(string path)
    {
        var kind = Type(path) switch
        {
            0x1000 => FileKind.Pipe,
            0x2000 or 0x6000 => FileKind.Device,
            0x4000 => FileKind.Folder,
            0x8000 => FileKind.File,
            0xc000 => FileKind.Socket,
            null => Directory.Exists(path) ? FileKind.Folder : File.Exists(path) ? FileKind.File : FileKind.Nothing,
            _ => FileKind.Nothing,
        };
        return kind == FileKind.File && Array.Exists(OwnNames, path.StartsWith) ? FileKind.Pipe : kind;
    }

    /// <summary>Why a path cannot be read as a file by several processes, as a sentence; null where it can.</summary>
    /// <param name="path">The path.</param>
    /// <param name="text">The same as its user wrote it: what looks like a variable is explained.</param>
    public static string? Refusal(string path, string? text = null) => Of(path) switch
    {
        FileKind.File => null,
        FileKind.Folder => $"{path} is a folder, not a file.",
        FileKind.Pipe => $"{path} is a pipe, which can be read only once, but this is read several times, by several processes. Save it to a file first.",
        FileKind.Device => $"{path} is a device, not a file.",
        FileKind.Socket => $"{path} is a socket, not a file.",
        _ => $"there is no file {path}.{UserPath.Hint(text ?? path)}",
    };

    // Null where it cannot be asked.
    private static int? Type(string path)
    {
        if (!OperatingSystem.IsLinux() || path.Contains('\0', StringComparison.Ordinal))
        {
            return null;
        }

        Span<byte> status = stackalloc byte[256];
        try
        {
            return Status(CurrentDirectory, path, 0, TypeWanted, status) == 0 ? MemoryMarshal.Read<ushort>(status[ModeOffset..]) & TypeMask : 0;
        }
        catch (EntryPointNotFoundException)
        {
            return null; // a C library older than this call
        }
    }

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Status(int folder, string path, int flags, uint wanted, Span<byte> status);
}
