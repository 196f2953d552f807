using System.Text.RegularExpressions;

namespace Granary.Jobs;

/// <summary>Errors of the file system, as a user is told of them.</summary>
public static partial class FileTrouble
{
    // <errno.h>, Linux
    private const int NoSpace = 28;
    private const int NoQuota = 122;
    private const int WindowsDiskFull = unchecked((int)0x80070070);

    /// <summary>Whether an error is one of the file system's: a missing folder, no permission, a full disk, a name that cannot be one.</summary>
    public static bool Is(Exception error) => error is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException;

    /// <summary>Whether the disk, or what its user may have of it, is used up.</summary>
    public static bool IsFullDisk(IOException error) => error.HResult is NoSpace or NoQuota or WindowsDiskFull;

    /// <summary>Whether another one has the file for itself: EWOULDBLOCK, of Linux and of macOS, and Windows' violations of sharing.</summary>
    public static bool IsHeld(IOException error) => error.GetType() == typeof(IOException)
        && (OperatingSystem.IsWindows() ? (error.HResult & 0xFFFF) is 32 or 33 : OperatingSystem.IsMacOS() ? error.HResult == 35 : error.HResult == 11);

    /// <summary>The cause without the path, which the message around it names: "No space left on device".</summary>
    public static string Reason(Exception error)
    {
        var text = PathAtEnd().Replace(error.Message, "").TrimEnd('.', ' ');
        return text switch
        {
            "Could not find a part of the path" or "Could not find file" or "Unable to find the specified file" => "there is no such file or folder",
            "Access to the path" => "the access is denied",
            _ => text,
        };
    }

    [GeneratedRegex(@"\s*:?\s*'[^']*'(\.| is denied\.)?$")]
    private static partial Regex PathAtEnd();
}
