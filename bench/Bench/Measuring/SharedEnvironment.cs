using System.Diagnostics;
using System.Globalization;

namespace Granary.Bench.Measuring;

/// <summary>The environment of every process that is measured, whichever side it belongs to: one thread of arithmetic each, waiting
/// threads that sleep, and no tuning of memory allocator or BLAS that one side has and the others do not.</summary>
internal sealed class SharedEnvironment
{
    private static readonly string[] Tuning =
    [
        "LD_PRELOAD", "GLIBC_TUNABLES", "MALLOC_", "MKL_", "KMP_", "GOMP_", "OMP_", "OPENBLAS_", "GLOO_", "OMPI_MCA_",
        "DOTNET_Tiered", "DOTNET_TC_", "DOTNET_gc", "DOTNET_GC", "ATEN_", "DNNL_", "ONEDNN_", "GRANARY_", "OTEL_",
    ];

    private readonly SortedDictionary<string, string> _set = new(StringComparer.Ordinal)
    {
        ["OMP_WAIT_POLICY"] = "PASSIVE",
        ["OMP_NUM_THREADS"] = "1",
        ["OPENBLAS_NUM_THREADS"] = "1",
        ["MKL_NUM_THREADS"] = "1",
    };

    /// <summary>What is set, for the report; whatever else begins like one of the tuned names is unset.</summary>
    public IReadOnlyDictionary<string, string> Set => _set;

    /// <summary>Prepares a process.</summary>
    public void Apply(ProcessStartInfo info)
    {
        foreach (var name in info.Environment.Keys.Where(k => Array.Exists(Tuning, t => k.StartsWith(t, StringComparison.Ordinal))).ToArray())
        {
            info.Environment.Remove(name);
        }

        foreach (var (name, value) in _set)
        {
            info.Environment[name] = value;
        }
    }

    /// <summary>Takes over what a silo runs with, so that the peers run with it too: the product may tune its own processes.</summary>
    /// <param name="pid">A silo's process.</param>
    public void Adopt(int pid)
    {
        foreach (var setting in File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/environ")).Split('\0'))
        {
            if (setting.Split('=', 2) is [var name, var value] && !name.StartsWith("GRANARY_", StringComparison.Ordinal) && !name.StartsWith("OTEL_", StringComparison.Ordinal)
                && Array.Exists(Tuning, t => name.StartsWith(t, StringComparison.Ordinal)))
            {
                _set[name] = value;
            }
        }
    }
}
