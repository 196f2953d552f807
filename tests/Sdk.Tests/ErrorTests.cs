using Granary.Contracts;
using Granary.Jobs;

namespace Granary.Sdk.Tests;

public sealed class ErrorTests(LocalClusterFixture cluster)
{
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    private string Write(string name, string text)
    {
        var path = Path.Combine(cluster.Folder, name);
        File.WriteAllText(path, text);
        return path;
    }

    [Fact]
    public void A_wrong_key_of_a_file_is_told_with_its_line()
    {
        var job = JobFile.Write(cluster.Line(epochs: 3)).Replace("epochs: 3", "epochs: 0", StringComparison.Ordinal);
        var file = Write("wrong.yaml", job);
        var error = Assert.Throws<JobRefusedException>(() => JobBuilder.FromFile(file).Build());
        var line = 1 + Array.FindIndex(job.Split('\n'), l => l.Contains("epochs: 0", StringComparison.Ordinal));
        Assert.Equal(("wrong.yaml", line, "training.epochs"), (error.File, error.Line, error.Key));
        Assert.Equal(5, JobBuilder.FromFile(file).Set("training.epochs", 5).Build().Training.Epochs);
    }

    [Theory]
    [InlineData("null")]
    [InlineData("NULL")]
    [InlineData("true")]
    [InlineData("12")]
    [InlineData("nullable")]
    public void A_column_may_be_called_anything(string name) =>
        Assert.Equal(name, Rows().Set("data.label", name).Logistic().Train(epochs: 1).Build().Data.Label);

    [Fact]
    public void A_wrong_key_of_a_builder_is_told_without_the_command_line()
    {
        var error = Assert.Throws<JobRefusedException>(() => Rows().Softmax().Train(epochs: 1).Set("training.batch", "many").Build());
        Assert.StartsWith("training.batch=many: training.batch is 'many', which", error.Message);
        Assert.Equal((null, null, "training.batch"), (error.File, error.Line, error.Key));
    }

    [Fact]
    public void A_key_that_is_missing_is_told_by_the_jobs_name()
    {
        var error = Assert.Throws<JobRefusedException>(() => Rows().Softmax().Build());
        Assert.Equal(("rows: training.epochs is missing: give training.epochs or training.steps.", null, null, "training.epochs"), (error.Message, error.File, error.Line, error.Key));
    }

    private JobBuilder Rows() => new JobBuilder("rows").Csv(Write("rows.csv", "x,label\n1,a\n2,b\n"), "label");

    [Fact]
    public void A_key_that_nobody_knows_is_refused() =>
        Assert.Equal("model.hiden", Assert.Throws<JobRefusedException>(() => Rows().Mlp(3).Set("model.hiden", 1).Build()).Key);

    [Fact]
    public async Task Bad_data_is_told_with_file_and_line_before_the_cluster_hears_of_the_job()
    {
        var job = Bad("refused");
        var error = await Assert.ThrowsAsync<DataRefusedException>(() => cluster.Client.SubmitAsync(job, cancellationToken: Now));
        Assert.Equal(("bad.csv", 3), (error.File, error.Line));
        Assert.DoesNotContain(await cluster.Client.ListJobsAsync(Now), s => s.JobId.StartsWith(job.Name, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Where_the_data_is_not_looked_at_before_the_job_fails_by_it()
    {
        var job = await cluster.Client.SubmitAsync(Bad("unchecked"), new SubmitOptions { CheckData = false }, Now);
        var error = await Assert.ThrowsAsync<JobFailedException>(() => job.WaitAsync(Now));
        Assert.Equal(JobState.Failed, error.Status!.State);
        Assert.Contains("bad.csv:3", error.Message);
    }

    private Job Bad(string name) => new JobBuilder(name).Csv(Write("bad.csv", "x,label\n1,a\noops,b\n3,a\n4,b\n"), "label").Shards(1).Softmax().Train(epochs: 1, batch: 2).Build();

    [Fact]
    public async Task A_folder_with_other_results_is_refused()
    {
        var taken = Directory.CreateDirectory(Path.Combine(cluster.Folder, "taken"));
        await File.WriteAllTextAsync(Path.Combine(taken.FullName, "mine.txt"), "mine", Now);
        var error = await Assert.ThrowsAsync<JobRefusedException>(
            () => cluster.Client.SubmitAsync(cluster.Line(epochs: 1), new SubmitOptions { Output = taken.FullName, CheckData = false }, Now));
        Assert.Contains("mine.txt", error.Message);
    }

    [Fact]
    public async Task A_cluster_that_is_not_there_is_unreachable()
    {
        var error = await Assert.ThrowsAsync<ClusterUnreachableException>(() => GranaryClient.ConnectAsync(new GranaryClientOptions { Home = cluster.Folder }, Now));
        Assert.Contains(cluster.Folder, error.Message);
    }

    [Fact]
    public async Task A_job_that_is_not_there_is_unknown()
    {
        var error = await Assert.ThrowsAsync<UnknownJobException>(() => cluster.Client.GetJob("nothing-1").WaitAsync(Now));
        Assert.Equal("nothing-1", error.JobId);
        Assert.IsAssignableFrom<GranaryException>(error);
    }

    [Fact]
    public async Task Options_that_cannot_be_are_refused() => await Assert.ThrowsAsync<ArgumentOutOfRangeException>(
        () => GranaryCluster.StartLocalAsync(new LocalClusterOptions { Silos = 0 }, Now));

    [Fact]
    public async Task A_silo_program_that_is_not_there_is_told()
    {
        var error = await Assert.ThrowsAsync<LocalClusterException>(
            () => GranaryCluster.StartLocalAsync(new LocalClusterOptions { SiloProgram = Path.Combine(cluster.Folder, "no.dll") }, Now));
        Assert.Contains("no.dll", error.Message);
    }
}
