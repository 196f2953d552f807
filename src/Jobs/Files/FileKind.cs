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
    /// <summary>A character device, such as a terminal or /dev/null: what is written there is not kept under this name.</summary>
    Device,
    /// <summary>A block device: a disk or a part of one.</summary>
    Disk,
    /// <summary>A socket.</summary>
    Socket,
}
