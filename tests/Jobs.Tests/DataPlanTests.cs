using CsCheck;

namespace Granary.Jobs.Tests;

public class DataPlanTests
{
    private static Job Job(string kind = "softmax", int shards = 2, double fraction = 0, int batch = 1) => new(
        1,
        "j",
        new ModelSection { Kind = kind },
        new DataSection { Format = "csv", Path = "/x/d.csv", Label = "y", Shards = shards, Validation = new() { Fraction = fraction } },
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
        Assert.Contains("there are 3. Use softmax", Error(Job("logistic"), Survey(0, 5, "a", "b"), Survey(1, 5, "c")));
        Assert.Contains("Set data.shards to 1 or less", Error(Job(), Survey(0, 1, "a"), Survey(1, 0)));
        Assert.Contains("training.batch is 11, but there are only 10", Error(Job(batch: 11), Survey(0, 5, "a"), Survey(1, 5, "b")));
        Assert.Equal("d.csv: some rows have a label that is no finite number ('inf'), but the others are numbers. Leave these rows out, or give each another label.", Error(Job(), Survey(0, 5, "1", "2"), Survey(1, 5, "inf")));
        Assert.Contains("every label is '1'", Error(Job(), Survey(0, 5, "1"), Survey(1, 5, "1.0")));
        Assert.Contains("shard 0 have 3 features, those of shard 1 have 4", Error(Job(), Survey(0, 5, "a"), Survey(1, 5, "b") with { Features = 4 }));
        Assert.Contains("no features", Error(Job(shards: 1), Survey(0, 5, "a", "b") with { Features = 0 }));
        Assert.Equal(
            "v.csv: some rows have the label 'c', which d.csv does not have (it has 'a' and 'b'): leave these rows out, or add rows of class 'c' to d.csv.",
            Error(Own(Job()), Survey(0, 5, "a") with { ValidationClasses = ["c"] }, Survey(1, 5, "b")));
        Assert.Contains("v.csv: there is nothing to validate on", Error(Own(Job()), Survey(0, 5, "a"), Survey(1, 5, "b")));
        Assert.Contains("nothing to train on", Error(Job(), Survey(0, 0), Survey(1, 0)));
        var text = Job("transformer") with { Data = new DataSection { Format = "text", Path = "/x/t.txt", Shards = 2 } };
        Assert.Contains("data.shards is 2, but none of so many parts of t.txt has any windows of", Error(text, Survey(0, 0), Survey(1, 0)));
        Assert.Contains("leaves nothing of d.csv", Error(Job(fraction: 0.9999999999999999), Survey(0, 5, "a"), Survey(1, 5, "b")));
        Assert.Contains("holds out none", Error(Job(fraction: 0.01), Survey(0, 5, "a"), Survey(1, 5, "b")));
    }

    [Fact]
    public void One_number_in_two_spellings_is_one_class_also_of_the_held_out_examples()
    {
        var facts = DataPlan.Merge(Own(Job()), [Survey(0, 5, "1", "2") with { ValidationRows = 1, ValidationClasses = ["+2"] }, Survey(1, 5, "1.0")]);
        Assert.Equal(["1", "2"], facts.Classes);
    }

    [Fact]
    public void A_quantity_is_refused_unless_the_job_insists()
    {
        var prices = Survey(0, 60, [.. Enumerable.Range(0, 50).Select(i => $"{100_000 + (i * 999)}")]);
        var message = Error(Job(shards: 1), prices);
        Assert.StartsWith("d.csv: the label 'y' has 50 different values in 60 rows, from 100000 to 148951: a quantity, not classes, and softmax would", message, StringComparison.Ordinal);
        Assert.Contains("set data.target to classes", message);
        Assert.Contains("names of rows", Error(Job(shards: 1), Survey(0, 60, [.. Enumerable.Range(0, 60).Select(i => $"n{i}")])));
        var insisting = Job(shards: 1) with { Data = Job(shards: 1).Data with { Target = LabelTarget.Classes } };
        Assert.Equal(50, DataPlan.Merge(insisting, [prices]).Classes.Count);
    }

    private static Job Own(Job job) => job with { Data = job.Data with { Validation = new() { Path = "/x/v.csv" } } };

    [Fact]
    public void A_shard_without_rows_among_enough_of_them_is_no_mistake()
    {
        var facts = DataPlan.Merge(Job(), [Survey(0, 10, "a", "b"), new ShardSurvey(1, 0, 0, 0, [], [])]);
        Assert.Equal(new InputShape(3, 2), facts.Shape);
        Assert.Equal([10, 0], facts.TrainingRows);
    }

    [Fact]
    public void A_source_of_its_own_takes_nothing_from_training()
    {
        var facts = DataPlan.Merge(Own(Job()), [Survey(0, 5, "a") with { ValidationRows = 3, ValidationClasses = ["b"] }, Survey(1, 5, "b")]);
        Assert.Equal([5, 5], facts.TrainingRows);
        Assert.Equal([3, 0], facts.ValidationRows);
    }

    [Fact]
    public void The_held_out_part_is_exact_in_decimals() => Gen.Select(Gen.Int[1, 99], Gen.Long[0, 50].Array[1, 9]).Sample((percent, rows) =>
    {
        var held = rows.Sum() * percent / 100;
        if (held == 0 || rows.Sum() < rows.Length)
        {
            return;
        }

        var facts = DataPlan.Merge(
            Job(shards: rows.Length, fraction: percent / 100.0), [.. rows.Select((n, v) => Survey(v, n, "a", "b"))]);
        Assert.Equal(held, facts.ValidationRows.Sum());
        Assert.All(rows.Select((n, v) => (n, facts.TrainingRows[v], facts.ValidationRows[v])), r =>
        {
            Assert.True(r.Item2 >= 0 && r.Item3 >= 0);
            Assert.Equal(r.n, r.Item2 + r.Item3);
        });
    });

    [Fact]
    public void A_vocabulary_is_in_the_order_of_its_code_points()
    {
        Assert.Equal(["\n", "a", "\uFFFD", "😀"], DataPlan.Merge(Text(TokenKind.Char), [new(0, 2, 0, 0, ["😀", "\n", "\uFFFD", "a"], [])]).Classes);
        Assert.Contains("every character is 'a'", Error(Text(TokenKind.Char), new ShardSurvey(0, 2, 0, 0, ["a"], [])));
    }

    [Fact]
    public void Bytes_are_256_tokens_whatever_the_text_has()
    {
        var facts = DataPlan.Merge(Text(TokenKind.Byte), [new(0, 2, 0, 0, [], [])]);
        Assert.Equal(new InputShape(0, 256), facts.Shape);
        Assert.Empty(facts.Classes);
    }

    [Fact]
    public void Byte_pairs_are_as_many_as_their_vocabulary_says_and_the_same_for_every_silo()
    {
        ShardSurvey Found(string digest) => new(0, 2, 0, 0, [], []) { VocabularySize = 700, VocabularyDigest = digest };
        var job = Text(TokenKind.Bpe);
        job = job with { Data = job.Data with { Shards = 2, Vocab = "/x/v.json", Merges = "/x/m.txt" } };
        var facts = DataPlan.Merge(job, [Found("x"), Found("x")]);
        Assert.Equal((new InputShape(0, 700), "x"), (facts.Shape, facts.VocabularyDigest));
        Assert.Equal("v.json and m.txt are not the same for every silo. Give each the same files.", Error(job, Found("x"), Found("y")));
    }

    private static Job Text(TokenKind tokens) => new(
        1,
        "t",
        new ModelSection { Kind = "transformer" },
        new DataSection { Format = "text", Path = "/x/t.txt", Tokens = tokens, Shards = 1 },
        new TrainingSection { Epochs = 1, Batch = 1 });

    private static string Error(Job job, params ShardSurvey[] surveys) =>
        Assert.Throws<JobException>(() => DataPlan.Merge(job, surveys)).Message;
}
