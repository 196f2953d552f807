using Granary.Jobs;
using Granary.Model.Custom;
using static TorchSharp.torch;

namespace Granary.Model.Training;

/// <summary>Weights at step 0 of a model of a kind of one's own: as its layers start under the job's seed.</summary>
public static class ModuleWeights
{
    /// <summary>Fills the flat vector where the job's model is such a one; else leaves it.</summary>
    public static void Fill<T>(Job job, InputShape input, Span<T> flat)
        where T : unmanaged
    {
        if (job.Model.Kind != ModelKind.Own)
        {
            return;
        }

        using var scope = NewDisposeScope();
        using var mode = no_grad();
        using var made = OwnModels.Make(job.Model, input, job.Training.Seed);
        var at = 0;
        foreach (var (_, parameter) in OwnModelShape.Parameters(made))
        {
            var numbers = parameter.detach().contiguous().data<T>().ToArray();
            numbers.CopyTo(flat[at..]);
            at += numbers.Length;
        }
    }
}
