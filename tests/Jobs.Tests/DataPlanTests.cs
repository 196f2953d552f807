namespace Granary.Jobs.Tests;

public class DataPlanTests
{
    private static Job Job(ModelKind kind = ModelKind.Softmax, int shards = 2, double fraction = 0, int batch = 1) => new(
        1,
        "j",
        new ModelSection { Kind = kind },
        new DataSection { Format = DataFormat.Csv, Path = "/x/d.csv", Label = "y", Shards = shards, Validation = new() { Fraction = fraction } },
        new TrainingSection { Epochs = 1, Batch = batch });

    private static ShardSurvey Survey(int shard, long rows, params string[] classes) => new(shard, rows, 0, 3, classes, []);

    [Fact]
    public void Numeric_labels_are_ordered_by_value() =>
        Assert.Equal(["2", "10"], DataPlan.Merge(Job(), [Survey(0, 5, "10"), Survey(1, 5, "2", "10")]).Classes);

    [Fact]
    public void Held_out_rows_add_up_whatever_the_shards()
    {
        var facts = DataPlan.Merge(Job(shards: 3, fraction: 0.2), [Survey(0, 7, "a"), Survey(1, 1, "b"), Survey(2, 12, "a")]);
        Assert.Equal(4, facts.ValidationRows.Sum());
        Assert.Equal(16, facts.TrainingRows.Sum());
    }

    [Fact]
    public void Mistakes_of_the_data_say_what_to_do()
    {
        Assert.Contains("every label is 'a'", Error(Job(), Survey(0, 5, "a"), Survey(1, 5, "a")));
        Assert.Contains("there are 3. Use softmax", Error(Job(ModelKind.Logistic), Survey(0, 5, "a", "b"), Survey(1, 5, "c")));
        Assert.Contains("Set data.shards to 1 or less", Error(Job(), Survey(0, 1, "a"), Survey(1, 0)));
        Assert.Contains("training.batch is 11, but there are only 10", Error(Job(batch: 11), Survey(0, 5, "a"), Survey(1, 5, "b")));
        Assert.Contains("holds out none", Error(Job(fraction: 0.01), Survey(0, 5, "a"), Survey(1, 5, "b")));
    }

    private static string Error(Job job, params ShardSurvey[] surveys) =>
        Assert.Throws<JobException>(() => DataPlan.Merge(job, surveys)).Message;

    [Fact]
    public void Merged_moments_are_those_of_the_union()
    {
        double[][] parts = [[1, 2, 4], [], [8, 16.5]];
        var moments = parts.Select(p => new FeatureMoments(
            p.Length, [p.Length == 0 ? 0 : p.Average()], [p.Length == 0 ? 0 : p.Sum(x => Math.Pow(x - p.Average(), 2))])).ToArray();
        var all = parts.SelectMany(p => p).ToArray();
        var scaling = DataPlan.Scale(moments);
        Assert.Equal(all.Average(), scaling.Mean[0], 12);
        Assert.Equal(Math.Sqrt(all.Average(x => Math.Pow(x - all.Average(), 2))), scaling.Deviation[0], 12);
    }
}
