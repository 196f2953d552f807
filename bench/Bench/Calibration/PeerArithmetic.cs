using System.Globalization;
using Granary.Bench.Measuring;

namespace Granary.Bench.Calibration;

/// <summary>
/// The BLAS of the Python peers, in the fastest of its configurations: before the first comparison that needs it, OpenBLAS' own choice of
/// kernels and those by name multiply matrices of the works' shapes. All peers of the run then get the best. One that ends with a
/// fault, as kernels for another processor do, or that is wrong, is no candidate.
/// </summary>
internal sealed class PeerArithmetic
{
    private const string KernelVariable = "OPENBLAS_CORETYPE";
    private const double Wrong = 1e-4; // of the largest number of a product; float32 products of these sizes are 100 times as good

    // Of two, the better one counts: something else may run at the time of one.
    private const int Turns = 2;

    private readonly Dictionary<string, string> _environment = [];
    private Task? _chosen;

    /// <summary>What the peers' processes are given besides.</summary>
    public IReadOnlyDictionary<string, string> Environment => _environment;

    /// <summary>What was found, for the settings; null: nothing needed it.</summary>
    public string? Found { get; private set; }

    /// <summary>Why peers that compute are refused; null: they are not.</summary>
    public string? Refusal { get; private set; }

    /// <summary>Chooses, once.</summary>
    public Task Choose(Session session, CancellationToken cancellation) => _chosen ??= Try(session, cancellation);

    private async Task Try(Session session, CancellationToken cancellation)
    {
        var own = await OwnArithmetic.Measure(session, cancellation);
        var candidates = KernelCandidates.Of(File.Exists("/proc/cpuinfo") ? File.ReadLines("/proc/cpuinfo") : []).ToList();
        var trials = new Dictionary<string, (Arithmetic Arithmetic, double Works)>();
        var unfit = new List<string>();
        for (var turn = 0; turn < Turns; turn++)
        {
            foreach (var kernels in candidates.ToArray())
            {
                var (trial, works, fault) = await Trial(session, kernels, cancellation);
                if (trial is null)
                {
                    unfit.Add($"{kernels} {fault}");
                    candidates.Remove(kernels);
                    trials.Remove(kernels);
                    continue;
                }

                trials[kernels] = trials.TryGetValue(kernels, out var before) && before.Works > works ? before : (trial, works);
                if (!trial.Library.Contains("openblas", StringComparison.OrdinalIgnoreCase))
                {
                    candidates = [kernels]; // others have no such choice
                    break;
                }
            }
        }

        if (trials.Count == 0)
        {
            Refusal = $"its products cannot be calibrated: {string.Join(", ", unfit)}";
            return;
        }

        var (chosen, (best, _)) = trials.MaxBy(t => t.Value.Works);
        Refusal = BlasRule.Refusal(best, own.Gflops);
        var all = trials.Select(t => string.Create(CultureInfo.InvariantCulture, $"{t.Key} {t.Value.Works:0.0} GFLOP/s")).Concat(unfit);
        Found = $"{best.Library}, {best.Version}; kernels by {chosen}, the best over the works' shapes: {string.Join(", ", all)}";
        foreach (var (name, value) in Variables(chosen))
        {
            _environment[name] = value;
        }

        session.Say($"  the peers' BLAS: {Found}");
    }

    private static async Task<(Arithmetic? Arithmetic, double Works, string Fault)> Trial(Session session, string kernels, CancellationToken cancellation)
    {
        try
        {
            await using var trial = Child.StartPython(session, "calibrate.py", [], Variables(kernels));
            var result = await trial.Result(cancellation);
            return result["error"]!.GetValue<double>() <= Wrong ? (Arithmetic.Of(result), result["works"]!.GetValue<double>(), "") : (null, 0, "computes wrongly");
        }
        catch (ChildException)
        {
            return (null, 0, "does not run here");
        }
    }

    private static Dictionary<string, string> Variables(string kernels) => kernels == KernelCandidates.Detected ? [] : new() { [KernelVariable] = kernels };
}
