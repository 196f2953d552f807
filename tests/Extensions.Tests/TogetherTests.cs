using Granary.Contracts;
using Granary.Jobs;

namespace Granary.Extensions.Tests;

/// <summary>A model, an optimiser and a format of data, all from outside, train together and keep the promises of the built-in ones.</summary>
public sealed class TogetherTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-test-").FullName;

    public TogetherTests() => GatedJob.WriteData(_folder);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private Job Job(int epochs = 60, params string[] overrides) => GatedJob.Make(_folder, epochs, overrides);

    private string Error(params string[] overrides) => Assert.Throws<JobException>(() => Job(1, overrides)).Message;

    private Task<JobStatus> Undisturbed(Job job) => GatedJob.Undisturbed(_folder, job);

    [Fact]
    public async Task Two_silos_of_which_one_is_killed_end_with_the_weights_of_one()
    {
        var job = Job();
        var expected = await Undisturbed(job);
        await using var cluster = await Cluster.Deploy(2, _folder);
        await cluster.HoldBack();
        var coordinator = await cluster.Submit(job);
        var running = await Cluster.Until(coordinator, s => s.Step >= 100);
        await cluster.Kill(running.Members[^1].Name);
        await cluster.LetGo();
        var status = await Cluster.End(coordinator);
        Assert.True(status.Recoveries > 0);
        Assert.Equal(expected.Result!.WeightsSha256, status.Result!.WeightsSha256);
        Assert.Equal(600, status.Steps);

        // All three were heard: each of them changes the result.
        Assert.Equal(3, (await Task.WhenAll(
            Undisturbed(Job(2)), Undisturbed(Job(2, "training.optimizer.options.beta2=0.5")), Undisturbed(Job(2, "model.activation=relu"))))
            .Select(s => s.Result!.WeightsSha256).Distinct().Count());
    }

    [Fact]
    public void A_job_is_written_and_read_back() => Assert.Equal(Job(), JobFile.Parse(JobFile.Write(Job()), "j.yaml", _folder, [], _folder));

    [Theory]
    [InlineData("model.kind=gatet", "model.kind is 'gatet', but must be one of logistic, softmax, linear, mlp, cnn, transformer, skip-gram, edges, gated, robust, tagger. Did you mean gated?")]
    [InlineData("data.format=recordz", "data.format is 'recordz', but must be one of csv, idx, images, text, libsvm, parquet, records. Did you mean records?")]
    [InlineData("training.optimizer.kind=cautios", "must be one of sgd, momentum, adam, adamw, lbfgs, cautious. Did you mean cautious?")]
    [InlineData("model.hidden=[3]", "model.hidden has no meaning for gated: it belongs to mlp and cnn.")]
    [InlineData("model.activation=gelu", "--set model.activation=gelu: a gated model gates by itself: choose another model.activation than gelu.")]
    [InlineData("data.label=y", "data.label has no meaning for records: it belongs to csv and parquet.")]
    [InlineData("data.format=csv", "data.label is missing")]
    public void Mistakes_in_job_files_are_told_as_for_the_built_in_ones(string set, string message) => Assert.Contains(message, Error(set));

    [Theory]
    [InlineData("model.options.unit=3", "model.options.unit is no option of gated: it has units.")]
    [InlineData("data.options.sep=x", "data.options.sep is no option of records: it has prefix.")]
    public async Task Options_that_nobody_asks_for_end_the_job_with_one_message(string set, string message)
    {
        await using var cluster = await Cluster.Deploy(1, _folder);
        var coordinator = await cluster.Submit(Job(1, set));
        var status = await Cluster.Until(coordinator, s => s.State is JobState.Completed or JobState.Failed);
        Assert.Equal(JobState.Failed, status.State);
        Assert.Contains(message, status.Failure);
    }
}
