using System.Diagnostics;

namespace Granary.Bench.Measuring;

/// <summary>Which peers this machine has.</summary>
internal static class Peers
{
    /// <summary>The interpreter that Debian's python3-* packages belong to.</summary>
    public const string Python = "/usr/bin/python3";

    // Without it, numpy and PyTorch compute with the reference BLAS.
    private const string Blas = "libopenblas0-pthread";

    /// <summary>Whether a script of this peer's can run; says once why not.</summary>
    /// <param name="session">Where it is said.</param>
    /// <param name="peer">The peer's name.</param>
    /// <param name="package">The Debian packages it comes from.</param>
    /// <param name="modules">Python modules it needs.</param>
    /// <param name="program">Program it needs.</param>
    public static bool Has(Session session, string peer, string package, string modules, string? program = null)
    {
        if (!Runs(Python, "-c", $"import {modules}") || (program is not null && !Runs(program, "--version")))
        {
            session.LeaveOut(peer, $"not installed: apt-get install {package}");
            return false;
        }

        return true;
    }

    /// <summary>The same for a peer that multiplies matrices: its BLAS is calibrated, and it is left out where that is no peer's.</summary>
    public static async Task<bool> HasArithmetic(Session session, string peer, string package, string modules, CancellationToken cancellation)
    {
        if (!Has(session, peer, $"{package} {Blas}", modules))
        {
            return false;
        }

        await session.PeerArithmetic.Choose(session, cancellation);
        if (session.PeerArithmetic.Refusal is { } refusal)
        {
            session.LeaveOut(peer, refusal);
            return false;
        }

        return true;
    }

    private static bool Runs(string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true })!;
            process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
