using System.Diagnostics;
using System.Runtime.InteropServices;
using Granary.Bench.Measuring;

namespace Granary.Bench.Reporting;

/// <summary>What the figures were measured on.</summary>
internal sealed record Machine(string Processor, int Cores, IReadOnlyDictionary<string, string> Versions, IReadOnlyDictionary<string, string> Settings)
{
    public static Machine Describe(Session session) => new(
        Processors(),
        Environment.ProcessorCount,
        new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            [".NET"] = Environment.Version.ToString(),
            ["OS"] = RuntimeInformation.OSDescription,
            ["TorchSharp"] = Version(typeof(TorchSharp.torch)),
            ["libtorch"] = TorchSharp.torch.__version__,
            ["ML.NET"] = Version(typeof(Microsoft.ML.MLContext)),
            ["PyTorch"] = Output(Peers.Python, "-c", "import torch; print(torch.__version__)"),
            ["Open MPI"] = Output("mpirun", "--version"),
            ["scikit-learn"] = Output(Peers.Python, "-c", "import sklearn; print(sklearn.__version__)"),
            ["pandas"] = Output(Peers.Python, "-c", "import pandas; print(pandas.__version__)"),
            ["commit"] = Output("git", "-C", session.Root, "describe", "--always", "--dirty"),
        },
        new SortedDictionary<string, string>(session.Environment.Set.ToDictionary(), StringComparer.Ordinal)
        {
            ["the peers' BLAS"] = session.PeerArithmetic.Found ?? "not needed",
            ["load before"] = session.LoadBefore,
            ["Open MPI"] = "mpirun --oversubscribe --mca btl self,tcp --mca btl_tcp_if_include lo, its own binding to cores",
            ["gloo"] = "GLOO_SOCKET_IFNAME=lo; ranks meet by a file",
            ["Granary"] = "granary train as users start it: checksums, generations, backups and checkpoints as by default",
            ["sides"] = "in turn, the order turned round by one from round to round; medians of steps within a round",
        });

    private static string Processors() => File.Exists("/proc/cpuinfo")
        ? File.ReadLines("/proc/cpuinfo").FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal))?.Split(':', 2)[1].Trim() is { Length: > 0 } name
            ? $"{name} ({Family()})" : RuntimeInformation.ProcessArchitecture.ToString()
        : RuntimeInformation.ProcessArchitecture.ToString();

    // A virtual machine may hide the name: vendor, family and model are there all the same.
    private static string Family() => string.Join(
        ", ",
        new[] { "vendor_id", "cpu family", "model" }.Select(k =>
            File.ReadLines("/proc/cpuinfo").FirstOrDefault(l => l.Split(':')[0].Trim() == k)?.Split(':', 2)[1].Trim() is { } v ? $"{k} {v}" : "")
            .Where(v => v.Length > 0));

    private static string Version(Type type) => type.Assembly.GetName().Version?.ToString() ?? "";

    private static string Output(string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            var line = process.StandardOutput.ReadToEnd().Split('\n')[0].Trim();
            process.WaitForExit();
            return process.ExitCode == 0 ? line : "not installed";
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return "not installed";
        }
    }
}
