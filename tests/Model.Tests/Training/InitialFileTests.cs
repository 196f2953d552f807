using Granary.Jobs;
using Granary.Model.Files;
using Granary.Model.Tests.Files;
using Granary.Model.Training;

namespace Granary.Model.Tests.Training;

public sealed class InitialFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private Job Job(TrainedModel start, ModelSection model)
    {
        var path = Path.Combine(_folder, "start.safetensors");
        SampleModels.Write(start, path);
        return new Job(1, "j", model with { Init = path }, start.Data, new TrainingSection { Epochs = 1 });
    }

    private static float[] Start(Job job, DataFacts facts, IReadOnlyList<ParameterShape> shape)
    {
        var flat = new float[ModelShape.Weights(shape)];
        InitialWeights.Fill<float>(shape, job.Training.Seed, flat);
        InitialFile.Overlay<float>(job, facts, shape, flat);
        return flat;
    }

    [Fact]
    public void A_file_of_the_same_model_is_taken_whole()
    {
        foreach (var model in SampleModels.All())
        {
            var job = Job(model, model.Model);
            Assert.Equal(model.Weights, Start(job, model.Facts, model.Shape));
            Assert.EndsWith($"all {model.Shape.Count} parameters are taken.", InitialFile.Match(job, model.Facts, model.Shape)!.Describe());
        }
    }

    [Fact]
    public void Only_matching_names_and_sizes_are_taken_and_the_rest_starts_by_the_seed()
    {
        var start = SampleModels.Mlp(); // 2 - 5 - 4 - 3
        var model = start.Model with { Hidden = [5, 6] };
        var job = Job(start, model);
        var shape = ModelShape.Of(model, start.Facts.Shape);
        var flat = Start(job, start.Facts, shape);
        var seeded = new float[flat.Length];
        InitialWeights.Fill<float>(shape, job.Training.Seed, seeded);
        Assert.Equal(start.Weights[..15], flat[..15]); // layers.0: 5 x 2 and 5
        Assert.Equal(seeded[15..^3], flat[15..^3]);
        Assert.Equal(start.Weights[^3..], flat[^3..]); // layers.2.bias
        var match = InitialFile.Match(job, start.Facts, shape)!;
        Assert.Equal(["layers.0.weight", "layers.0.bias", "layers.2.bias"], match.Taken);
        Assert.Contains("'layers.2.weight' is [3, 4] there and [3, 6] here", match.Describe());
        Assert.Contains("3 of 6 parameters are taken: layers.0.weight, layers.0.bias, layers.2.bias.", match.Describe());
        var deeper = ModelShape.Of(model with { Hidden = [5, 4, 3] }, start.Facts.Shape);
        Assert.Contains("Not in the file: layers.3.weight, layers.3.bias.", InitialFile.Match(job, start.Facts, deeper)!.Describe());
        var flatter = ModelShape.Of(model with { Hidden = [5] }, start.Facts.Shape);
        Assert.Contains("In the file, but not in the model: layers.2.bias, layers.2.weight.", InitialFile.Match(job, start.Facts, flatter)!.Describe());
    }

    [Fact]
    public void A_file_of_which_nothing_matches_and_one_that_is_damaged_are_refused()
    {
        var start = SampleModels.Mlp();
        var job = Job(start, start.Model);
        var other = SampleModels.Transformer();
        Assert.Contains("Nothing could be taken", Assert.Throws<JobException>(() => InitialFile.Match(job, start.Facts, other.Shape)).Message);
        Assert.Throws<JobException>(() => Start(job, start.Facts, other.Shape));
        File.WriteAllText(job.Model.Init!, "no such thing");
        Assert.StartsWith("model.init: ", Assert.Throws<JobException>(() => InitialFile.Match(job, start.Facts, start.Shape)).Message);
    }

    [Fact]
    public void Another_file_than_the_job_began_with_is_refused()
    {
        var start = SampleModels.Mlp();
        var job = Job(start, start.Model);
        var facts = start.Facts with { InitDigest = InitialFile.Digest(job) };
        InitialFile.Verify(job, facts, "silo-1");
        File.AppendAllText(job.Model.Init!, " ");
        Assert.Contains("as silo silo-2 sees it is not the file that the job began with", Assert.Throws<JobException>(
            () => InitialFile.Verify(job, facts, "silo-2")).Message);
        File.Delete(job.Model.Init!);
        Assert.Contains("cannot be read", Assert.Throws<JobException>(() => InitialFile.Verify(job, facts, "silo-2")).Message);
    }

    [Fact]
    public void Without_a_file_nothing_is_read()
    {
        var model = SampleModels.Softmax();
        var job = new Job(1, "j", model.Model, model.Data, new TrainingSection { Epochs = 1 });
        Assert.Null(InitialFile.Match(job, model.Facts, model.Shape));
        Assert.Null(InitialFile.Digest(job));
        InitialFile.Verify(job, model.Facts, "silo-1");
        Assert.All(Start(job, model.Facts, model.Shape), w => Assert.Equal(0, w));
    }
}
