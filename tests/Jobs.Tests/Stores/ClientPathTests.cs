namespace Granary.Jobs.Tests.Stores;

/// <summary>A process that can ask no store, as the command line is, leaves paths into one as they are: the silo's program looks.</summary>
public sealed class ClientPathTests
{
    private static Job Job(string data, string more = "") => JobFile.Parse(
        $$"""
        version: 1
        name: x
        model: { kind: mlp, hidden: [4]{{more}} }
        data: { format: csv, label: y, {{data}} }
        training: { epochs: 1, batch: 2, seed: 1, optimizer: { kind: sgd, learningRate: 0.1 } }
        """,
        "x.yaml", "/jobs", [], "/here", elsewhere: null);

    [Theory]
    [InlineData("s3://bucket/a.csv", "s3://bucket/a.csv")]
    [InlineData("s3://bucket/in/", "s3://bucket/in")]
    [InlineData("S3://bucket/in/*.csv", "s3://bucket/in/*.csv")]
    public void Data(string path, string read)
    {
        var job = Job($"path: '{path}', validation: {{ path: '{path}' }}");
        Assert.Equal((read, read), (job.Data.Path, job.Data.Validation.Path));
        Assert.Equal([read], DataFiles.Expand(job.Data.Path));
        Assert.Equal(read, JobFile.Parse(JobFile.Write(job), "x.yaml", "/", [], "/").Data.Path);
    }

    [Theory]
    [InlineData("s3://bucket/runs/a", "s3://bucket/runs/a/model.safetensors")]
    [InlineData("s3://bucket/runs/a/", "s3://bucket/runs/a/model.safetensors")]
    [InlineData("s3://bucket/runs/a/model.safetensors", "s3://bucket/runs/a/model.safetensors")]
    public void A_model_is_a_file_or_a_folder(string path, string file) => Assert.Equal(file, Job("path: s3://bucket/a.csv", $", init: '{path}'").Model.Init);

    [Fact]
    public void What_is_no_such_path_is_told_with_its_line() => Assert.Equal(
        "x.yaml:4: data.path: 's3://bucket//a.csv' is no path into a store: give it as s3://BUCKET/KEY, without empty names, . and .. in it.",
        Assert.Throws<JobException>(() => Job("path: 's3://bucket//a.csv'")).Message);

    [Fact]
    public void An_output_may_be_in_a_store_and_has_no_TensorBoard_file_there()
    {
        Job Read(params string[] overrides) => JobFile.Parse(JobFile.Write(Job("path: s3://bucket/a.csv")), "x.yaml", "/jobs", overrides, "/here");
        Assert.Equal("s3://bucket/runs", Read("output.path=s3://bucket/runs/").Output.Path);
        Assert.Equal("/here/out", Read("output.path=out").Output.Path);
        Assert.Contains("output.tensorboard writes to a file", Assert.Throws<JobException>(() => Read("output.path=s3://bucket/runs", "output.tensorboard=true")).Message, StringComparison.Ordinal);
        Assert.Contains("'s3://x' is no path into a store", Assert.Throws<JobException>(() => Read("output.path=s3://x")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_output_on_a_cluster_elsewhere_is_no_folder_of_this_machine()
    {
        Job Read(params string[] overrides) => JobFile.Parse(JobFile.Write(Job("path: s3://bucket/a.csv")), "x.yaml", "/jobs", overrides, "/here", elsewhere: (_, path) => path);
        Assert.Equal("/srv/runs", Read("output.path=/srv/runs").Output.Path);
        Assert.Equal("s3://bucket/runs", Read("output.path=s3://bucket/runs").Output.Path);
        foreach (var relative in (string[])["runs", "../runs", "~/runs"])
        {
            Assert.Equal(
                $"--set output.path={relative}: output.path: '{relative}' starts at a folder of this machine, and the cluster writes on others. Leave it out (granary fetch JOB brings the model here), or give an absolute path of theirs.",
                Assert.Throws<JobException>(() => Read($"output.path={relative}")).Message);
        }
    }
}
