using System.Text.Json;
using System.Text.Json.Nodes;
using Granary.Jobs;
using Granary.Model.Data;

namespace Granary.Model.Tests.Golden;

/// <summary>
/// tests/golden/curves/plan.json tells PyTorch which examples each step of the golden jobs takes, and which words are drawn
/// against them: the one thing about these jobs that only Granary can know. Here it is checked to be what is really gathered.
/// With GRANARY_GOLDEN=write it is written instead (see tests/golden/golden.sh).
/// </summary>
public class GoldenPlanTests
{
    private const int Steps = 50;

    private static readonly string Folder = Python.Golden("curves");

    [Fact]
    public void The_plan_that_pytorch_was_given_is_what_steps_gather()
    {
        var jobs = JsonNode.Parse(File.ReadAllText(Path.Combine(Folder, "jobs.json")))!.AsArray()
            .Select(j => JobFile.Parse(j!.ToJsonString(), "jobs.json", Folder, [], Folder)).ToArray();

        // Optimisers do not change what is gathered.
        var plans = jobs.GroupBy(j => Path.GetFileNameWithoutExtension(j.Model.Init)!).Select(g => Plan(g.Key, g.First())).ToArray();
        var text = "[\n" + string.Join(",\n", plans.Select(p => JsonSerializer.Serialize(p, JsonSerializerOptions.Web))) + "\n]\n";
        var path = Path.Combine(Folder, "plan.json");
        if (Environment.GetEnvironmentVariable("GRANARY_GOLDEN") == "write")
        {
            File.WriteAllText(path, text);
        }

        Assert.Equal(File.ReadAllText(path), text);
    }

    // Family; class names or vocabulary; training examples of each shard; per step the examples, numbered through all shards,
    // and for each of them the words drawn against it.
    private sealed record GoldenPlan(string Family, IReadOnlyList<string> Classes, IReadOnlyList<long> Shards, int[][] Steps, long[][][] Drawn);

    private static GoldenPlan Plan(string family, Job job)
    {
        var shards = Enumerable.Range(0, job.Data.Shards).Select(v => ShardData.Read(job, v)).ToArray();
        var facts = DataPlan.Merge(job, [.. shards.Select(s => s.Survey)]);
        facts = StatisticsPlan.Gather(job, facts, asked => Task.FromResult<IReadOnlyList<TrainingStatistics>>([.. shards.Select(s => s.Statistics(asked))])).GetAwaiter().GetResult();
        var examples = shards.Select(s => s.Prepare(facts)).ToArray();
        var batches = new BatchPlan(facts.TrainingRows, job.Training.Batch, job.Training.Epochs);
        Assert.Equal(Steps, batches.Steps);
        var (steps, drawn) = (new List<int>[Steps], new List<long[]>[Steps]);
        for (var step = 0; step < Steps; step++)
        {
            (steps[step], drawn[step]) = ([], []);
            for (var v = 0; v < shards.Length; v++)
            {
                var (first, end) = batches.Rows(step, v);
                steps[step].AddRange(Rows(examples[v], v, batches.EpochOf(step), first, end).Select(row => row + (int)facts.TrainingRows.Take(v).Sum()));
                drawn[step].AddRange(Drawn(job, examples[v], batches.EpochOf(step), first, end));
            }
        }

        Array.ForEach(examples, e => e.Dispose());
        return new GoldenPlan(family, facts.Classes, facts.TrainingRows, [.. steps.Select(s => s.ToArray())], [.. drawn.Select(d => d.ToArray())]);
    }

    // A gathered row is told by its digest.
    private static IEnumerable<int> Rows(Examples examples, int shard, int epoch, int first, int end)
    {
        var known = Enumerable.Range(0, examples.TrainingRows).ToDictionary(row => RowDigest.Of(shard, row));
        for (var i = first; i < end; i++)
        {
            using var scope = TorchSharp.torch.NewDisposeScope();
            yield return known[examples.Training(epoch, i, i + 1).Digest];
        }
    }

    private static IEnumerable<long[]> Drawn(Job job, Examples examples, int epoch, int first, int end)
    {
        if (job.Model.Negatives == 0 || first == end)
        {
            return [];
        }

        using var scope = TorchSharp.torch.NewDisposeScope();
        return [.. examples.Training(epoch, first, end).Inputs.data<long>().ToArray().Chunk(2 + job.Model.Negatives).Select(pair => pair[2..])];
    }
}
