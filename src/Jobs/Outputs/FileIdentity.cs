using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Granary.Jobs;

/// <summary>Which file a path leads to, links followed. Two paths lead to the same file where device and number are the same, whatever
/// their names: hard links too.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Device">The file system it is on.</param>
/// <param name="Number">Its number there (inode).</param>
internal readonly partial record struct FileIdentity(FileKind Kind, ulong Device, ulong Number)
{
    // struct statx of Linux, which is the same on every architecture.
    private const int Size = 256;
    private const int ModeAt = 28;
    private const int NumberAt = 32;
    private const int DeviceAt = 136;
    private const int CurrentFolder = -100; // AT_FDCWD
    private const uint TypeAndNumber = 0x101; // STATX_TYPE | STATX_INO

    private const int TypeMask = 0xf000;
    private const int Pipe = 0x1000;
    private const int Character = 0x2000;
    private const int Folder = 0x4000;
    private const int Block = 0x6000;
    private const int Regular = 0x8000;

    /// <summary>Looks at a path. What cannot be looked at counts as missing: opening it will say why.</summary>
    public static FileIdentity Of(string path) => OperatingSystem.IsLinux() ? OfLinux(path) : Elsewhere(path);

    /// <summary>Whether two paths lead to the same file or folder.</summary>
    public bool IsSameAs(FileIdentity other) => Kind != FileKind.Nothing && other.Kind == Kind && (Device, Number) == (other.Device, other.Number);

    /// <summary>The file that a link leads to, which may not exist; what is no link itself. Absolute.</summary>
    /// <exception cref="IOException">Links lead to each other.</exception>
    public static string Target(string path)
    {
        var file = new FileInfo(Path.GetFullPath(path));
        return file.LinkTarget is null ? file.FullName : file.ResolveLinkTarget(returnFinalTarget: true)!.FullName;
    }

    private static FileIdentity OfLinux(string path)
    {
        var found = new byte[Size];
        if (path.Contains('\0', StringComparison.Ordinal) || Call(CurrentFolder, path, 0, TypeAndNumber, found) != 0)
        {
            return default;
        }

        var kind = (BinaryPrimitives.ReadUInt16LittleEndian(found.AsSpan(ModeAt)) & TypeMask) switch
        {
            Regular => FileKind.File,
            Folder => FileKind.Folder,
            Block => FileKind.Disk,
            Character => FileKind.Device,
            Pipe => FileKind.Pipe,
            _ => FileKind.Socket,
        };
        return new FileIdentity(kind, BinaryPrimitives.ReadUInt64LittleEndian(found.AsSpan(DeviceAt)), BinaryPrimitives.ReadUInt64LittleEndian(found.AsSpan(NumberAt)));
    }

    // Without a file's number its resolved name must do.
    private static FileIdentity Elsewhere(string path)
    {
        var real = Target(path);
        var kind = Directory.Exists(real) ? FileKind.Folder : File.Exists(real) ? FileKind.File : FileKind.Nothing;
        return new FileIdentity(kind, 0, unchecked((ulong)(uint)StringComparer.OrdinalIgnoreCase.GetHashCode(real)));
    }

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Call(int folder, string path, int flags, uint mask, byte[] found);
}
