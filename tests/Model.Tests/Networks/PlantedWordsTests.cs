using Granary.Jobs;
using Granary.Model.Data;
using Granary.Model.Networks;
using Granary.Model.Training;

namespace Granary.Model.Tests.Networks;

/// <summary>A text in which the words of a group keep company with each other: whoever learns its words must find the groups.</summary>
public sealed unsafe class PlantedWordsTests : IDisposable
{
    private const int Groups = 20;
    private const int GroupSize = 6;
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    // Phrases of ten words from one group, with one word in five from anywhere.
    private string Text()
    {
        var random = SeededRandom.For(1, RandomPurpose.Validation, 0, 0);
        var words = new List<string>();
        for (var phrase = 0; phrase < 1_200; phrase++)
        {
            var group = random.NextInt(Groups);
            for (var i = 0; i < 10; i++)
            {
                var of = random.NextInt(5) == 0 ? random.NextInt(Groups) : group;
                words.Add($"g{of}w{random.NextInt(GroupSize)}");
            }
        }

        var path = Path.Combine(_folder, "planted.txt");
        File.WriteAllText(path, string.Join(' ', words));
        return path;
    }

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    public void Planted_company_is_found(int negatives)
    {
        var job = new Job(
            1,
            "planted",
            new ModelSection { Kind = "skip-gram", Width = 24, Window = 3, Negatives = negatives },
            new DataSection { Format = "text", Path = Text(), Tokens = TokenKind.Word, Shards = 1 },
            new TrainingSection { Epochs = 3, Batch = 512, Optimizer = new() { Kind = OptimizerKind.Adam, LearningRate = 0.01 } });
        var (facts, _) = DataCheck.Run(job, 1);
        Assert.Equal(Groups * GroupSize, facts.Shape.Classes);
        var embedding = Train(job, facts);
        var found = 0;
        for (var word = 0; word < facts.Classes.Count; word++)
        {
            found += WordNeighbours.Of(embedding, job.Model.Width, word, GroupSize - 1)
                .Count(n => Group(facts.Classes[n.Word]) == Group(facts.Classes[word]));
        }

        Assert.InRange(found / (double)(facts.Classes.Count * (GroupSize - 1)), 0.9, 1);
    }

    private static string Group(string word) => word[..word.IndexOf('w', StringComparison.Ordinal)];

    private static float[] Train(Job job, DataFacts facts)
    {
        var shape = ModelShape.Of(job.Model, facts.Shape);
        var count = (int)ModelShape.Weights(shape);
        using var examples = ShardData.Read(job, 0).Prepare(facts);
        using var pass = new GradientPass(NetworkCatalogue.Create(job.Model, facts.Shape), shape, Precision.Float32, "cpu");
        using var weights = new FlatTensor(shape, Precision.Float32);
        using var gradient = new FlatTensor(shape, Precision.Float32);
        var w = new Span<float>(weights.Data, count);
        var g = new Span<float>(gradient.Data, count);
        InitialWeights.Fill(shape, job.Training.Seed, w);
        var optimizer = OptimizerCatalogue.Create(job.Training.Optimizer);
        float[][] state = [.. optimizer.State.Select(_ => GC.AllocateArray<float>(count, pinned: true))];
        nint[] at = [.. state.Select(s => System.Runtime.InteropServices.Marshal.UnsafeAddrOfPinnedArrayElement(s, 0))];
        var plan = new BatchPlan(facts.TrainingRows, job.Training.Batch, job.Training.Epochs);
        for (long step = 0; step < plan.Steps; step++)
        {
            var rows = plan.Rows(step, 0);
            var done = pass.Gradient(weights, () => examples.Training(plan.EpochOf(step), rows.First, rows.End), gradient);
            System.Numerics.Tensors.TensorPrimitives.Divide(g, (float)done.Weight, g);
            optimizer.Update(step, job.Training.Optimizer.LearningRate, false, count, (float*)gradient.Data, (float*)weights.Data, (float*)weights.Data, at, at);
        }

        GC.KeepAlive(state);
        return w[..(facts.Shape.Classes * job.Model.Width)].ToArray();
    }
}
