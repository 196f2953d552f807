using System.Text;

namespace Granary.Cluster.Tests;

/// <summary>A table of which a sample is checked before the silos read it.</summary>
public sealed class LargeTableTests : IDisposable
{
    private const int Rows = 70_000;

    private readonly string _folder = Directory.CreateTempSubdirectory("granary-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    // 70 MB, most of which are passed over.
    private string Job(string last)
    {
        var (random, pad) = (new Random(2), new string('x', 1000));
        using (var file = new StreamWriter(Path.Combine(_folder, "wide.csv"), append: false, Encoding.ASCII, 1 << 20))
        {
            file.Write("name,size,pad,y\n");
            for (var i = 0; i < Rows; i++)
            {
                var (name, size) = (random.Next(600), FormattableString.Invariant($"{random.NextDouble():0.###}"));
                file.Write(FormattableString.Invariant($"id{name},{(i == Rows - 2 ? last : size)},{pad},{(random.NextDouble() < 0.2 + (0.6 * (name % 2)) ? 1 : 0)}\n"));
            }
        }

        var job = Path.Combine(_folder, "wide.yaml");
        File.WriteAllText(job, """
            version: 1
            name: wide
            model: { kind: logistic }
            data:
              format: csv
              path: wide.csv
              label: y
              shards: 4
              ignore: [pad]
              columns:
                name: categorical
                size: { kind: numeric, scale: standard }
              validation: { fraction: 0.1 }
            training: { epochs: 5, batch: all, optimizer: { kind: lbfgs, weightDecay: 0.001 } }

            """);
        return job;
    }

    [Fact]
    public async Task A_bad_cell_far_below_the_sample_ends_the_job_with_its_line_and_code_2_and_nothing_is_trained()
    {
        using var train = await CommandLine.Run(_folder, "train", Job("1.2.3"), "--silos", "2", "--output", "out");
        Assert.Equal(2, await train.Exit());
        var said = train.Errors.Split('\n').Concat(train.Output.Split('\n')).Where(l => l.Contains("wide.csv:", StringComparison.Ordinal)).ToArray();
        Assert.NotEmpty(said);
        Assert.All(said, l => Assert.Contains($"wide.csv:{Rows}: column 'size' holds '1.2.3', which is not a number", l, StringComparison.Ordinal));
        Assert.False(File.Exists(Path.Combine(_folder, "out", "model.safetensors")));
    }

    [LongFact]
    public async Task Weights_are_the_same_on_any_number_of_silos_and_the_model_is_used_as_any_other()
    {
        var (job, hashes) = (Job("0.5"), new List<string>());
        foreach (var silos in new[] { 1, 2 })
        {
            using var train = await CommandLine.Run(_folder, "train", job, "--silos", $"{silos}", "--output", $"out{silos}", "--json");
            await train.Succeeds();
            hashes.Add(train.Json.GetProperty("weightsSha256").GetString()!);
            Assert.InRange(train.Json.GetProperty("validation").GetProperty("accuracy").GetDouble(), 0.75, 0.85); // 0.8 is what can be known
        }

        Assert.Single(hashes.Distinct());
        File.WriteAllLines(Path.Combine(_folder, "some.csv"), File.ReadLines(Path.Combine(_folder, "wide.csv")).Take(5001));
        using var evaluate = await CommandLine.Run(_folder, "evaluate", "out1", "--data", "some.csv", "--json", "--silos", "1");
        await evaluate.Succeeds();
        Assert.InRange(evaluate.Json.GetProperty("accuracy").GetDouble(), 0.75, 0.85);
    }
}
