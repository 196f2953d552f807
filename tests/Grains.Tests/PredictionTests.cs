using System.Globalization;
using System.Text;
using Granary.Contracts;
using Granary.Jobs;
using Granary.Model.Files;
using Granary.Model.Prediction;

namespace Granary.Grains.Tests;

/// <summary>An input that a test cluster predicts in parts: the bytes of one process, on any number of silos and after a kill, and what is said of rows that cannot be used.</summary>
public sealed class PredictionTests : IDisposable
{
    private const int Rows = 150_000; // ten parts

    private static readonly float[] Weights = [0.1f, -0.2f, 0.3f, 0.4f, 0.5f, -0.6f, -0.7f, 0.8f, 0.9f, 0.05f, -0.1f, 0.2f];

    private readonly string _folder = Directory.CreateTempSubdirectory("granary-test-").FullName;

    public PredictionTests()
    {
        var job = new Job(
            1, "m", new ModelSection { Kind = "softmax" }, new DataSection { Format = "csv", Path = "x.csv", Label = "y", Standardize = true }, new TrainingSection { Epochs = 1 });
        var facts = new DataFacts(new InputShape(3, 3), ["a", "b", "c"], [], [], new Scaling([1, 2, 3], [3, 4, 5])) { Columns = ["p", "q", "r"] };
        SavedModel.Write(ModelFile, job, facts, ModelShape.Of(job.Model, facts.Shape), Weights);
        File.WriteAllText(Input, "r,extra,p,q\n" + string.Concat(Enumerable.Range(0, Rows).Select(Line)));
    }

    private string ModelFile => Path.Combine(_folder, "m.safetensors");

    private string Input => Path.Combine(_folder, "in.csv");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static string Line(int i) => string.Create(CultureInfo.InvariantCulture, $"{i * 37 % 1009 / 100.0},x,{i * 61 % 2003 / 500.0},{i % 89}\n");

    private string Whole()
    {
        using var output = new MemoryStream();
        PredictionTable.Write(TrainedModel.Load(ModelFile), Input, output);
        return Encoding.UTF8.GetString(output.ToArray());
    }

    private string Joined(string parts)
    {
        using var output = new MemoryStream();
        var folder = new PredictionParts(parts);
        folder.Join(folder.Finished(), output);
        return Encoding.UTF8.GetString(output.ToArray());
    }

    private string NewParts(string name) => Directory.CreateDirectory(Path.Combine(_folder, name)).FullName;

    // As the client does it: a lost answer is asked for again.
    private async Task<PredictionAnswer> Until(IGrainFactory grains, string id, string parts, Func<PredictionAnswer, bool> holds)
    {
        var request = new PredictionRequest(ModelFile, Input, parts, IsJson: false, Explain: false);
        while (true)
        {
            try
            {
                if (await grains.GetGrain<IPredictionGrain>(id).Ask(request) is var answer && (holds(answer) || answer.IsDone || answer.Failure is not null))
                {
                    return answer;
                }
            }
            catch (Exception e) when (e is OrleansException or TimeoutException)
            {
                // The silo that was asked is gone.
            }

            await Task.Delay(10);
        }
    }

    private Task<PredictionAnswer> Done(IGrainFactory grains, string id, string parts) => Until(grains, id, parts, a => a.IsDone);

    [Fact]
    public async Task The_parts_of_any_number_of_silos_are_the_output_of_one_process()
    {
        var whole = Whole();
        foreach (var silos in new[] { 1, 2, 3 })
        {
            await using var cluster = await GranaryCluster.Deploy(silos, _folder);
            var parts = NewParts($"on-{silos}");
            var answer = await Done(cluster.Client, "p", parts);
            Assert.True(answer.IsDone, answer.Failure);
            Assert.InRange(answer.Finished, 10, 9 + silos); // others may have found that there is no more
            Assert.Equal(whole, Joined(parts));
        }
    }

    [Fact]
    public async Task A_silo_that_is_killed_in_the_middle_does_not_show()
    {
        await using var cluster = await GranaryCluster.Deploy(3, _folder);
        var silos = (await cluster.Client.GetGrain<IClusterGrain>(0).Silos()).Select(s => s.Name).ToArray();
        var parts = NewParts("killed");
        Assert.False((await Until(cluster.Client, "p", parts, a => a.Finished >= 2)).IsDone);
        await cluster.Kill(silos[1]);
        var answer = await Done(cluster.Client, "p", parts);
        Assert.True(answer.IsDone, answer.Failure);
        Assert.Equal(Whole(), Joined(parts));
    }

    [Fact]
    public async Task Parts_that_are_there_are_not_made_again()
    {
        await using var cluster = await GranaryCluster.Deploy(2, _folder);
        var parts = NewParts("again");
        await Done(cluster.Client, "first", parts);
        var made = Directory.GetFiles(parts, "*.part").ToDictionary(f => f, File.GetLastWriteTimeUtc);
        string[] lost = ["000003.part.json", "000009.part.json"];
        Array.ForEach(lost, f => File.Delete(Path.Combine(parts, f)));
        Assert.True((await Done(cluster.Client, "second", parts)).IsDone);
        Assert.Equal(lost, made.Where(m => File.GetLastWriteTimeUtc(m.Key) != m.Value).Select(m => Path.GetFileName(m.Key) + ".json").Order(StringComparer.Ordinal));
        Assert.Equal(Whole(), Joined(parts));
    }

    [Fact]
    public async Task Of_several_bad_rows_the_first_is_told_of()
    {
        string[] lines = [.. Enumerable.Range(0, Rows).Select(Line)];
        foreach (var bad in new[] { 140_000, 30_000, 90_000 })
        {
            lines[bad] = "x,y,z,0\n";
        }

        File.WriteAllText(Input, "r,extra,p,q\n" + string.Concat(lines));
        await using var cluster = await GranaryCluster.Deploy(2, _folder);
        var answer = await Done(cluster.Client, "p", NewParts("bad"));
        Assert.StartsWith("in.csv:30002: ", answer.Failure);
        Assert.Equal(Assert.Throws<JobException>(Whole).Message, answer.Failure);
    }
}
