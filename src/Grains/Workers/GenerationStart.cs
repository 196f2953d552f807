using System.Numerics;
using Granary.Contracts;
using Granary.Grains.ModelState;
using Granary.Jobs;

namespace Granary.Grains.Workers;

/// <summary>What a worker does before a generation's first step: it restores the version to start from and, once per job, checks its
/// gradients in float32 against float64.</summary>
/// <param name="restore">Restores the version.</param>
/// <param name="gradients">Computes the gradients.</param>
/// <param name="memory">Remembers the check from one generation to the next.</param>
/// <param name="versions">Receives the version.</param>
/// <param name="silo">This silo.</param>
internal sealed class GenerationStart<T>(
    VersionRestore<T> restore, GradientWork<T> gradients, JobMemory memory, VersionStore<T> versions, SiloIdentity silo)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Prepares the first step.</summary>
    /// <exception cref="WrongGradientException">This silo's gradients are wrong.</exception>
    public void Run(CancellationToken cancellation)
    {
        restore.Run(versions.Current, cancellation);
        CheckGradients();
    }

    private void CheckGradients()
    {
        var committed = versions.Current.Step;
        try
        {
            if (memory.Checked is null && gradients.CheckGradients(committed, versions.Current.Weights, silo.Device) is { } figure)
            {
                memory.Checked = new GradientRecord(figure.RelativeError, figure.Parameter, figure.Skipped);
            }
        }
        catch (JobException e)
        {
            throw new WrongGradientException($"step {committed}, silo {silo.Name}: {e.Message}");
        }
    }
}
