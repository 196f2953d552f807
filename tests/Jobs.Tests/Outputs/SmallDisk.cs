using System.Diagnostics;

namespace Granary.Tests;

/// <summary>A file system of its own in a folder: small, so that it can be filled, or read-only, which stops even root.</summary>
internal sealed class SmallDisk : IDisposable
{
    private readonly string _place;

    /// <summary>Mounts one; the test is skipped where that is not allowed.</summary>
    /// <param name="place">The folder.</param>
    /// <param name="kilobytes">Its size.</param>
    public SmallDisk(string place, int kilobytes = 64)
    {
        _place = Directory.CreateDirectory(place).FullName;
        Assert.SkipUnless(Run("mount", "-t", "tmpfs", "-o", $"size={kilobytes}k", "none", _place), "this user may not mount a file system");
    }

    /// <summary>From now on nothing can be written there.</summary>
    public void MakeReadOnly() => Assert.True(Run("mount", "-o", "remount,ro", _place));

    /// <summary>Leaves no room.</summary>
    public void Fill()
    {
        try
        {
            using var file = File.Create(Path.Combine(_place, "rest"), bufferSize: 1);
            while (true)
            {
                file.Write(new byte[512]);
            }
        }
        catch (IOException)
        {
            // Full.
        }
    }

    public void Dispose() => Run("umount", "-l", _place);

    private static bool Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}
