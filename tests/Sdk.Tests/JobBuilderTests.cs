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
}
