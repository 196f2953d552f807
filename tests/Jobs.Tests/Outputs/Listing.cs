using System.Diagnostics;

namespace Granary.Tests;

/// <summary>What a folder holds, in a form that shows every change: kinds, sizes, links' targets and content, of everything below it.</summary>
internal static class Listing
{
    public static string Of(string folder)
    {
        // Files' content by checksum; of what is no regular file kind and numbers. Not in C#, whose library the code under test uses, too.
        var info = new ProcessStartInfo("sh", ["-c", "cd \"$1\" && find . ! -name . -printf '%p %y %l %m %i\\n' | sort && find . -type f -exec cksum {} + | sort", "sh", folder])
        {
            RedirectStandardOutput = true,
        };
        using var process = Process.Start(info)!;
        var text = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        return text;
    }

    /// <summary>Makes a link, a pipe or a device by a command.</summary>
    public static void Make(string folder, string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { WorkingDirectory = folder, RedirectStandardError = true })!;
        process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.SkipWhen(program == "mknod" && process.ExitCode != 0, "this user may not make a device");
        Assert.Equal(0, process.ExitCode);
    }
}
