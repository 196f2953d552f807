using System.Runtime.CompilerServices;
using Granary.Contracts;
using Granary.Jobs;
using Granary.Model.Custom;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Granary.Grains.Tests;

/// <summary>training.microBatch is a bound on memory: no pass of a job goes over more examples, whatever it is for.</summary>
public sealed class MicroBatchTests : IDisposable
{
    private const int Most = 3;

    private static int _greatest; // examples that went through the network at once

    private readonly string _folder = Directory.CreateTempSubdirectory("granary-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [ModuleInitializer]
    internal static void Register() => OwnModels.Add("measured", (_, input) => new Measured(input));

    [Fact]
    public async Task Steps_evaluations_and_the_figures_at_the_end_take_no_more_examples_at_once()
    {
        var job = SmallCluster.Blobs(_folder, model: new ModelSection { Kind = "measured", Precision = Precision.Float64 });
        job = job with { Training = job.Training with { Batch = 100, MicroBatch = Most, Epochs = 2 } };
        var status = await SmallCluster.Run(_folder, job, "cpu");
        Assert.True(status.State == JobState.Completed, status.Failure);
        Assert.Equal(40, status.Result!.ValidationFigures!.Examples);
        Assert.Equal(Most, _greatest);
    }

    private sealed class Measured : OwnModel
    {
        private readonly Linear map;

        public Measured(InputShape input)
            : base(nameof(Measured))
        {
            map = nn.Linear(input.Features, input.Classes);
            RegisterComponents();
        }

        public override Tensor forward(Tensor x)
        {
            var rows = (int)x.shape[0];
            for (var before = _greatest; rows > before && Interlocked.CompareExchange(ref _greatest, rows, before) != before;)
            {
                before = _greatest;
            }

            return map.forward(x);
        }

        public override Tensor Losses(Tensor outputs, Tensor targets) => nn.functional.cross_entropy(outputs, targets, reduction: nn.Reduction.None);
    }
}
