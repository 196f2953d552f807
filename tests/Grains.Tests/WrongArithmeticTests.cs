using System.Runtime.CompilerServices;
using System.Text.Json;
using Granary.Contracts;
using Granary.Jobs;
using Granary.Model.Custom;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Granary.Grains.Tests;

/// <summary>Jobs whose gradients are wrong in float32, as broken kernels make them: always, or once.</summary>
public sealed class WrongArithmeticTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [ModuleInitializer]
    internal static void Register()
    {
        OwnModels.Add("right", (_, input) => new Between(input, x => x));
        OwnModels.Add("wrong", (_, input) => new Between(input, x => x.dtype == ScalarType.Float64 ? x : x.detach() + ((x - x.detach()) * 2)));
        OwnModels.Add("newcomer", (_, input) => new Between(input, Newcomer.Map()));
        OwnModels.Add("flaky", (_, input) => new Between(input, x => Once.NoNumber(x)));
    }

    private Task<JobStatus> Run(int silos, string kind, Precision precision = Precision.Float32) => SmallCluster.Run(
        _folder, SmallCluster.Blobs(_folder, model: new ModelSection { Kind = kind, Precision = precision }), [.. Enumerable.Repeat("cpu", silos)]);

    private static JsonElement Summary(JobStatus status) =>
        JsonDocument.Parse(File.ReadAllText(Path.Combine(status.Result!.Output, "summary.json"))).RootElement.GetProperty("gradientCheck");

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_job_on_wrong_kernels_ends_before_its_first_step(int silos)
    {
        var status = await Run(silos, "wrong");
        Assert.Equal(JobState.Failed, status.State);
        Assert.Equal((0, 0), (status.Step, status.Recoveries));
        Assert.Matches(@"^step 0, silo \S+: the gradient of before\.(weight|bias) is wrong in float32: its norm is \S+, and \S+ in float64, ", status.Failure);
    }

    [Fact]
    public async Task What_was_compared_stands_in_the_summary()
    {
        var right = Summary(await Run(2, "right"));
        Assert.InRange(right.GetProperty("relativeError").GetDouble(), 1e-12, 1e-4);
        Assert.Matches(@"^(before|after)\.(weight|bias)$", right.GetProperty("parameter").GetString());
        Assert.Equal("the job computes in float64", Summary(await Run(1, "right", Precision.Float64)).GetProperty("skipped").GetString());
        Assert.Equal(JobState.Completed, (await Run(1, "wrong", Precision.Float64)).State); // there its gradients are right
    }

    [Fact]
    public async Task A_gradient_that_is_no_number_once_and_not_again_is_told_as_such()
    {
        Once.Arm(passes: 12);
        var status = await Run(2, "flaky");
        Assert.Equal(JobState.Failed, status.State);
        Assert.Matches(
            @"^step [1-9]\d*, silo \S+: the gradient became NaN; the last finite loss was \S+\. Computed once more, from the same weights and examples, it is finite: the arithmetic is not reproducible",
            status.Failure);
        Assert.DoesNotContain("learningRate", status.Failure);
    }

    [Fact]
    public async Task A_newcomer_whose_gradients_are_wrong_stands_by_and_the_others_go_on()
    {
        // It learns next to nothing, however long the newcomer takes: of an example that is learnt, a gradient is nothing but rounding.
        var job = SmallCluster.Blobs(_folder, rate: 1e-9, model: new ModelSection { Kind = "newcomer" });
        await using var cluster = await GranaryCluster.Deploy(1, _folder);
        var coordinator = await cluster.Submit(job with { Training = job.Training with { Epochs = 1_000_000 } });
        var before = await GranaryCluster.Until(coordinator, s => s.Step > 20);
        Newcomer.Arm();
        await cluster.Add();
        var without = await GranaryCluster.Until(coordinator, s => s.State != JobState.Running || s.Absent.Any(a => a.Why == "its gradients are wrong"));
        Assert.True(without.State == JobState.Running, without.Failure);
        await GranaryCluster.Until(coordinator, s => s.Step > without.Step);
        await coordinator.Cancel();
        var status = await GranaryCluster.Until(coordinator, s => s.State != JobState.Running);
        Assert.True(status.State == JobState.Cancelled, status.Failure);
        Assert.Equal(before.Members.Select(m => m.Name), status.Members.Select(m => m.Name));
        var told = Assert.Single(await coordinator.Events(), e => e.Kind == JobEventKind.StandsBy); // it is not asked again
        Assert.Matches(@"^silo (\S+) stands by, and the others go on: step [1-9]\d*, silo \1: the gradient of before\.(weight|bias) is wrong in float32: ", told.Message);
    }

    /// <summary>Gradients that are wrong in the first check after it has been armed.</summary>
    private static class Newcomer
    {
        private static object? _wrong = new();

        public static void Arm() => _wrong = null;

        // A model for each check; a check's pass takes one example, a step's three or four.
        public static Func<Tensor, Tensor> Map()
        {
            var own = new object();
            return x => is_grad_enabled() && x.dtype == ScalarType.Float32 && x.shape[0] == 1 && (Interlocked.CompareExchange(ref _wrong, own, null) ?? own) == own
                ? x.detach() + ((x - x.detach()) * 2)
                : x;
        }
    }

    /// <summary>A gradient of NaN, while the loss is right, in one pass of all.</summary>
    private static class Once
    {
        private static int _left;

        public static void Arm(int passes) => _left = passes;

        // A step's pass takes three or four examples of a shard, a check before the first step one.
        public static Tensor NoNumber(Tensor x) => is_grad_enabled() && x.dtype == ScalarType.Float32 && x.shape[0] > 1 && Interlocked.Decrement(ref _left) == 0
            ? x + (x - x.detach()).abs().sqrt() // infinity times 0
            : x;
    }

    /// <summary>Two linear maps, with something between them.</summary>
    private sealed class Between : OwnModel
    {
        private readonly Linear before;
        private readonly Linear after;
        private readonly Func<Tensor, Tensor> _between;

        public Between(InputShape input, Func<Tensor, Tensor> between)
            : base(nameof(Between))
        {
            (before, after, _between) = (nn.Linear(input.Features, 4), nn.Linear(4, input.Classes), between);
            RegisterComponents();
        }

        public override Tensor forward(Tensor x) => after.forward(_between(before.forward(x).tanh()));

        public override Tensor Losses(Tensor outputs, Tensor targets) => nn.functional.cross_entropy(outputs, targets, reduction: nn.Reduction.None);
    }
}
