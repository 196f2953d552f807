namespace Granary.Sdk.Tests;

/// <summary>What a builder sets goes over what its job file says.</summary>
public sealed class JobBuilderTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private JobBuilder File(string length)
    {
        var path = Path.Combine(_folder, "job.yaml");
        System.IO.File.WriteAllText(Path.Combine(_folder, "d.csv"), "a,y\n1,u\n2,v\n");
        System.IO.File.WriteAllText(
            path, $"version: 1\nmodel: {{ kind: logistic }}\ndata: {{ format: csv, path: d.csv, label: y, shards: 1 }}\ntraining: {{ {length}, batch: 1 }}\n");
        return JobBuilder.FromFile(path);
    }

    [Theory]
    [InlineData("epochs: 3")]
    [InlineData("steps: 30")]
    public void The_length_that_is_set_takes_the_place_of_the_file_s(string length)
    {
        static (int Epochs, int Steps) Of(JobBuilder builder)
        {
            var training = builder.Build().Training;
            return (training.Epochs, training.Steps);
        }

        Assert.Equal((0, 7), Of(File(length).TrainSteps(7)));
        Assert.Equal((7, 0), Of(File(length).Train(7)));
        Assert.Equal((7, 0), Of(File(length).TrainSteps(9).Train(7)));
        Assert.Equal((0, 9), Of(File(length).Train(7).TrainSteps(9)));
    }

    [Fact]
    public void Images_and_filters_are_set_as_in_a_job_file()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "pets", "cats"));
        System.IO.File.WriteAllText(Path.Combine(_folder, "pets", "cats", "a.png"), "");
        JobBuilder Pets(JobBuilder builder) => builder.Train(2);
        var job = Pets(new JobBuilder("pets").Images(Path.Combine(_folder, "pets"), height: 8, width: 9, channels: 1).Cnn(4, 5)).Build();
        Assert.Equal(("images", (int?)8, (int?)9, 1), (job.Data.Format, job.Data.Height, job.Data.Width, job.Data.Colors));
        Assert.Equal([4, 5], job.Model.Filters());
        var usual = Pets(new JobBuilder("pets").Images(Path.Combine(_folder, "pets")).Cnn()).Build();
        Assert.Equal((null as int?, 3), (usual.Data.Height, usual.Data.Colors));
        Assert.Equal([16, 32], usual.Model.Filters());
    }
}
