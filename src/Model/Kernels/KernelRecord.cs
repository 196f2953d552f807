using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Granary.Model.Kernels;

/// <summary>The outcome of a test of the kernels, kept in a file for the next process of the same build on the same kind of machine. Several
/// processes may write at once: each has a file of its own until it is whole. Without a folder, or where it cannot be written, every process
/// tests for itself.</summary>
/// <param name="folder">Where the file is; null: nothing is kept.</param>
/// <param name="key">What the outcome depends on.</param>
internal sealed class KernelRecord(string? folder, string key)
{
    private readonly string _name = $"kernels-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)))[..16]}.txt";

    /// <summary>The folder of this user's caches: XDG_CACHE_HOME, or what the system has in its place.</summary>
    public static string? DefaultFolder()
    {
        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        var caches = Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } own ? own
            : OperatingSystem.IsWindows() ? Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData)
            : home.Length > 0 ? System.IO.Path.Combine(home, ".cache")
            : "";
        return System.IO.Path.IsPathFullyQualified(caches) ? System.IO.Path.Combine(caches, "granary") : null;
    }

    /// <summary>Everything that the outcome of a test may depend on, in one line.</summary>
    /// <param name="what">What is tested.</param>
    public static string KeyOf(params IEnumerable<string> what)
    {
        var library = new FileInfo(System.IO.Path.Combine(AppContext.BaseDirectory, OperatingSystem.IsMacOS() ? "libtorch_cpu.dylib" : "libtorch_cpu.so"));
        return string.Join("; ",
        [
            .. what,
            $"granary {typeof(KernelRecord).Module.ModuleVersionId}",
            $"libtorch {TorchSharp.torch.__version__}",
            library.Exists ? FormattableString.Invariant($"{library.Length} bytes of {library.LastWriteTimeUtc.Ticks}") : "elsewhere",
            Processor.This.Describe(),
            .. KernelVariables.Of(Environment.GetEnvironmentVariable),
        ]).ReplaceLineEndings(" ");
    }

    /// <summary>What was found out before; null: nothing, or not under this key.</summary>
    public KernelOutcome? Find()
    {
        try
        {
            return folder is not null && File.ReadAllLines(Path) is [var kept, var choice, .. var faults, "end"]
                && kept == key && Enum.TryParse<KernelChoice>(choice, out var known) && Enum.IsDefined(known)
                ? new KernelOutcome(known, [.. faults.Select(Fault)])
                : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException)
        {
            return null;
        }
    }

    /// <summary>The file; empty: nothing is kept.</summary>
    public string Path => folder is null ? "" : System.IO.Path.Combine(folder, _name);

    /// <summary>Keeps an outcome, if it can.</summary>
    public bool Keep(KernelOutcome outcome)
    {
        if (folder is null)
        {
            return false;
        }

        var own = System.IO.Path.Combine(folder, $"{_name}.{Guid.NewGuid():N}.tmp");
        try
        {
            Directory.CreateDirectory(folder);
            File.WriteAllLines(own, [key, outcome.Choice.ToString(), .. outcome.Faults.Select(f => FormattableString.Invariant($"{f.Error:R} {f.Name}")), "end"]);
            File.Move(own, Path, overwrite: true);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The next process tests again.
            TryDelete(own);
            return false;
        }
    }

    private static KernelFault Fault(string line)
    {
        var space = line.IndexOf(' ', StringComparison.Ordinal);
        return new KernelFault(line[(space + 1)..], double.Parse(line.AsSpan(0, Math.Max(0, space)), CultureInfo.InvariantCulture));
    }

    private static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It was never made.
        }
    }
}
