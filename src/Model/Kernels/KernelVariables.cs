namespace Granary.Model.Kernels;

/// <summary>Environment variables by which oneDNN, ATen and MKL choose other kernels than they would, so that other bits come out.</summary>
internal static class KernelVariables
{
    private static readonly string[] Names =
    [
        "ATEN_CPU_CAPABILITY",
        "DNNL_DEFAULT_FPMATH_MODE",
        "DNNL_MAX_CPU_ISA",
        "DNNL_CPU_ISA_HINTS",
        "MKL_CBWR",
        "MKL_DEBUG_CPU_TYPE",
        "MKL_DISABLE_FAST_MM",
        "MKL_ENABLE_INSTRUCTIONS",
        "MKL_NUM_STRIPES",
        "ONEDNN_CPU_ISA_HINTS",
        "ONEDNN_DEFAULT_FPMATH_MODE",
        "ONEDNN_MAX_CPU_ISA",
        "TORCH_LINEAR_FLATTEN_3D",
    ];

    /// <summary>Those that are set, as NAME=value, in the order of their names. How many threads OpenMP may have is none of them: silos
    /// give torch one, whatever it says.</summary>
    /// <param name="variable">The value of a variable; null or empty: it is not set.</param>
    public static IReadOnlyList<string> Of(Func<string, string?> variable) =>
        [.. Names.Where(n => !string.IsNullOrEmpty(variable(n))).Order(StringComparer.Ordinal).Select(n => $"{n}={variable(n)}")];
}
