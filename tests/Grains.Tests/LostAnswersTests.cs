using System.Reflection;
using Granary.Contracts;
using Granary.Grains.Workers;
using Granary.Jobs;
using Microsoft.Extensions.DependencyInjection;

namespace Granary.Grains.Tests;

/// <summary>Messages between a coordinator and silos that are lost although both live, as where a connection is reset: the job goes on all the same.</summary>
public sealed class LostAnswersTests : IDisposable
{
    private static readonly Func<JobStatus, bool> HasEnded = s => s.State is JobState.Completed or JobState.Failed;

    private static readonly Lazy<Task<string>> Undisturbed = new(async () =>
    {
        using var alone = new LostAnswersTests();
        await using var cluster = await GranaryCluster.Deploy(1, alone._folder, id: "alone");
        return (await cluster.Run(alone.Job())).Result!.WeightsSha256;
    });

    private readonly string _folder = Directory.CreateTempSubdirectory("granary-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private Job Job()
    {
        var job = SmallCluster.Blobs(_folder);
        return job with
        {
            Data = job.Data with { Standardize = true, Validation = new() { Fraction = 0.2 } },
            Training = job.Training with { Epochs = 10 },
        };
    }

    private Task<GranaryCluster> Deploy(int silos, Losses losses) =>
        GranaryCluster.Deploy(silos, _folder, extend: silo => silo.Services.AddSingleton<IWorkerClient>(s => new InterceptedWorkers(ActivatorUtilities.CreateInstance<WorkerClient>(s), losses.Between)));

    [Theory]
    [InlineData(nameof(IWorker.Join), false)]
    [InlineData(nameof(IWorker.Survey), false)]
    [InlineData(nameof(IWorker.Statistics), true)]
    [InlineData(nameof(IWorker.TakeOutput), false)]
    [InlineData(nameof(IWorker.Prepare), true)]
    [InlineData(nameof(IWorker.HashWeights), false)]
    [InlineData(nameof(IWorker.HeldOut), true)]
    [InlineData(nameof(IWorker.Publish), false)]
    public async Task A_question_or_an_answer_that_is_lost_is_asked_for_again(string call, bool question)
    {
        var losses = new Losses { Call = call, Question = question };
        await using var cluster = await Deploy(2, losses);
        var coordinator = await cluster.Submit(Job());
        var status = await GranaryCluster.Until(coordinator, HasEnded);
        Assert.True(status.State == JobState.Completed, status.Failure);
        Assert.Equal((1, await Undisturbed.Value), (losses.Lost, status.Result!.WeightsSha256));
        Assert.Contains(await coordinator.Events(), e => e.Kind == JobEventKind.SiloLost && e.Message.EndsWith("a message was lost on the way", StringComparison.Ordinal));
    }

    // The newcomer lives, and is not heard.
    [Fact]
    public async Task A_newcomer_whose_answer_is_lost_is_asked_again()
    {
        var losses = new Losses { Call = nameof(IWorker.Preload) };
        await using var cluster = await Deploy(1, losses);
        var job = Job();
        var coordinator = await cluster.Submit(job with { Training = job.Training with { Epochs = 1_000_000 } });
        await GranaryCluster.Until(coordinator, s => s.Step > 0);
        await cluster.Add();
        await GranaryCluster.Until(coordinator, s => s.Members.Count == 2);
        Assert.Equal(1, losses.Lost);
        await coordinator.Cancel();
        await GranaryCluster.Until(coordinator, s => s.State == JobState.Cancelled);
    }

    /// <summary>What is lost: the first call of a name.</summary>
    private sealed class Losses
    {
        private int _seen;

        public string? Call { get; init; }

        /// <summary>The question, else its answer.</summary>
        public bool Question { get; init; }

        public int Lost => Math.Min(Volatile.Read(ref _seen), 1);

        public object? Between(IWorker worker, MethodInfo method, object?[]? arguments)
        {
            if (method.Name != Call || Interlocked.Increment(ref _seen) != 1)
            {
                return method.Invoke(worker, arguments);
            }

            if (!Question)
            {
                _ = method.Invoke(worker, arguments);
            }

            return method.ReturnType == typeof(Task)
                ? new TaskCompletionSource().Task
                : typeof(Losses).GetMethod(nameof(Never), BindingFlags.NonPublic | BindingFlags.Static)!.MakeGenericMethod(method.ReturnType.GetGenericArguments()).Invoke(null, null);
        }

        private static Task<T> Never<T>() => new TaskCompletionSource<T>().Task;
    }
}
