using Granary.Jobs;
using Granary.Model.Data;
using Granary.Model.Evaluation;
using Granary.Model.Tests.Files;

namespace Granary.Model.Tests.Data;

/// <summary>What labels mean, however they are spelt and in whatever format.</summary>
public sealed class LabelTests : IDisposable
{
    private readonly DataFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static DataSection Csv(string path, int shards = 1) => new() { Format = "csv", Path = path, Label = "y", Shards = shards };

    private static DataSection Libsvm(string path) => new() { Format = "libsvm", Path = path, Shards = 1 };

    public static TheoryData<string> Missing => [.. MissingSpellings.Usual];

    [Theory]
    [MemberData(nameof(Missing))]
    public void A_missing_label_is_refused_by_its_line(string spelling)
    {
        foreach (var (name, first, second) in new[] { ("d.csv", "yes", "no"), ("n.csv", "1", "0"), ("d.csv.gz", "yes", "no") })
        {
            var rows = string.Concat(Enumerable.Range(0, 40).Select(i => $"{i},{(i == 31 ? $" {spelling} " : i % 2 == 0 ? first : second)}\n"));
            var message = DataFolder.Error(Csv(_folder.Write(name, "a,y\n" + rows), shards: 3));
            Assert.StartsWith($"{name}:33: column 'y' holds '{spelling}', which stands for a missing value, but every row needs a label", message, StringComparison.Ordinal);
            Assert.Contains($", but every row needs a label: leave this row out, or give it one. If '{spelling}' is a class, set data.missingValues to the usual list without it: [\"#N", message, StringComparison.Ordinal);
            Assert.EndsWith(" and 15 more] (docs/how-to/check-data.md has the whole list).", message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("d.csv")]
    [InlineData("d.csv.gz")]
    public void Rows_without_a_label_are_counted_in_all_shards_and_files(string name)
    {
        string Rows(int from, params string[] labels) => "a,y\n" + string.Concat(Enumerable.Range(0, 40).Select(i => $"{i},{(i >= from && i - from < labels.Length ? labels[i - from] : i % 2 == 0 ? "p" : "q")}\n"));
        var data = Csv(_folder.Write(name, Rows(30, "NULL", "", "p", "nan")), shards: 4) with { MissingSpellings = ["NULL", "nan"] };
        Assert.Equal($"{name}:32: column 'y' holds 'NULL', which stands for a missing value, but every row needs a label, and 3 rows, of which this is the first, have none: leave these rows out, or give each one. "
            + "If 'NULL' is a class, set data.missingValues to a list without it: [nan].", DataFolder.Error(data));
        _folder.Write("b" + name, Rows(7, "", ""));
        Assert.Equal($"b{name}:9: column 'y' is empty: every row needs a label, and 5 rows, of which this is the first, have none: leave these rows out, or give each one.",
            DataFolder.Error(data with { Path = _folder["*" + name] }));
        var held = data with { Path = _folder.Write("t" + name, Rows(99)), Validation = new() { Path = _folder[name] } };
        Assert.StartsWith($"{name}:32: column 'y' holds 'NULL', ", DataFolder.Error(held), StringComparison.Ordinal);
        Assert.Contains(" and 3 rows, of which this is the first, have none", DataFolder.Error(held));
    }

    [Fact]
    public void Rows_below_one_that_cannot_be_read_are_not_counted()
    {
        var path = _folder.Write("d.csv", [.. "a,y\n1,p\n2,\n3,\n4,q\n5,"u8, 0xe9, .. "\n6,\n"u8]);
        Assert.Equal("d.csv:3: column 'y' is empty: every row needs a label, and at least 2 rows, of which this is the first, have none: leave these rows out, or give each one.", Error(path));
        string Error(string file) => DataFolder.Error(Csv(file));
    }

    [Fact]
    public void Labels_that_are_no_finite_numbers_are_counted()
    {
        var csv = Csv(_folder.Write("d.csv", "a,y\n1,0\n2,inf\n3,1\n4,nan\n"), shards: 2) with { MissingSpellings = [] };
        Assert.Equal("d.csv:3: 2 rows, of which this is the first, have a label that is no finite number ('inf'), but the others are numbers. Leave these rows out, or give each another label.", DataFolder.Error(csv));
        Assert.Equal("d.svm:2: the label is 'nan', which is not a finite number: 3 rows, of which this is the first, have such a label.",
            DataFolder.Error(Libsvm(_folder.Write("d.svm", "1 1:1\nnan 1:2\n0 1:3\nx 1:1\n\nnan # none\n"))));
        Assert.Equal("d.svm:2: the label is 'nan', which is not a finite number.", DataFolder.Error(Libsvm(_folder.Write("d.svm", "1 1:1\nnan 1:2\n0 1:3\n"))));
    }

    [Fact]
    public void Unknown_labels_of_a_sparse_file_are_counted_by_line()
    {
        var held = Libsvm(_folder.Write("d.svm", "+1 1:1\n-1 1:2\n")) with { Validation = new() { Path = _folder.Write("v.svm", "1 1:1\n# none\n-1.0 1:2\n3 1:2 # 3\n3.0 1:1\n") } };
        Assert.Equal("v.svm:4: 2 rows, of which this is the first, have the label 3, which d.svm does not have (it has -1 and 1): leave these rows out, or add rows of class 3 to d.svm.", DataFolder.Error(held));
    }

    [Fact]
    public void A_class_may_be_called_as_a_missing_value_where_the_job_says_that_it_is_none()
    {
        var path = _folder.Write("d.csv", "a,y\n1,None\n2,Apnea\n3,None\n");
        Assert.Equal(["Apnea", "None"], DataCheck.Run(DataFolder.Job(Csv(path) with { MissingSpellings = ["NA"] }), 1).Facts.Classes);
    }

    [Fact]
    public void A_number_that_stands_for_a_missing_feature_can_be_a_label()
    {
        var path = _folder.Write("d.csv", "a,y\n1,-1\n-1.0,1\n3,-1\n");
        var job = DataFolder.Job(Csv(path) with { MissingSpellings = ["-1"], Missing = MissingValues.Mean });
        Assert.Equal(["1 -1", "2 1", "3 -1"], DataFolder.Lines(DataFolder.Union(job)));
        Assert.Contains("d.csv:3: column 'a' holds '-1.0': fill it in", DataFolder.Error(job.Data with { Missing = MissingValues.Refuse }));
    }

    [Fact]
    public void Whole_numbers_of_any_size_are_labels_of_their_own()
    {
        string[] labels = ["9007199254740993", "9007199254740992", "5", "18446744073709551615", "18446744073709551614"];
        var csv = _folder.Write("d.csv", "a,y\n" + string.Concat(labels.Select((l, i) => $"{i},{l}\n")));
        var svm = _folder.Write("d.svm", string.Concat(labels.Select((l, i) => $"{l} 1:{i}\n")));
        string[] expected = ["5", "9007199254740992", "9007199254740993", "18446744073709551614", "18446744073709551615"];
        Assert.Equal(expected, DataCheck.Run(DataFolder.Job(Csv(csv)), 1).Facts.Classes);
        Assert.Equal(expected, DataCheck.Run(DataFolder.Job(Libsvm(svm)), 1).Facts.Classes);
    }

    [Fact]
    public void A_number_is_one_label_in_any_spelling_and_in_every_shard()
    {
        var csv = _folder.Write("d.csv", "a,y\n1,0\n2,1.0\n3,0.0\n4,+1\n5,1e0\n6,00\n");
        Assert.Equal(["1 0", "2 1", "3 0", "4 1", "5 1", "6 0"], DataFolder.Lines(DataFolder.Union(DataFolder.Job(Csv(csv, shards: 3)))));
        var svm = _folder.Write("d.svm", "+1 1:1\n-1 1:2\n1 1:3\n-1.0 1:4\n");
        Assert.Equal(["1 1", "2 -1", "3 1", "4 -1"], DataFolder.Lines(DataFolder.Union(DataFolder.Job(Libsvm(svm)))));
    }

    [Fact]
    public void A_number_in_one_spelling_is_called_by_it()
    {
        var svm = _folder.Write("d.svm", "+1 1:1\n-1 1:2\n");
        Assert.Equal(["-1", "+1"], DataCheck.Run(DataFolder.Job(Libsvm(svm)), 1).Facts.Classes);
    }

    [Fact]
    public void Held_out_labels_may_be_spelt_otherwise_and_weigh_by_their_class()
    {
        var data = Csv(_folder.Write("d.csv", "a,y\n1,0\n2,1\n3,1\n")) with { Validation = new() { Path = _folder.Write("v.csv", "a,y\n9,1.0\n8,0.0\n") } };
        var training = new TrainingSection { Epochs = 1, Batch = 1, ClassWeights = new ClassWeights { ByLabel = new Dictionary<string, double> { ["1.00"] = 3 } } };
        var job = DataFolder.Job(data, training);
        var (facts, _) = DataCheck.Run(job, 1);
        using var examples = ShardData.Read(job, 0).Prepare(facts);
        var held = examples.Validation(0, 2);
        Assert.Equal([1L, 0], held.Targets.data<long>().ToArray());
        Assert.Equal([3.0, 1], held.Weights!.data<double>().ToArray());
        Assert.Equal([0.75, 1.5], DataCheck.Run(job with { Training = training with { ClassWeights = new ClassWeights() } }, 1).Facts.ClassWeights!.Order());
    }

    [Theory]
    [InlineData("no", "yes", "no", "yes")]
    [InlineData("0", "1", "0.0", "1.0")]
    [InlineData("-1.0", "+1", "-1", "1")]
    public void A_saved_model_knows_its_labels_in_any_spelling(string first, string second, string other, string another)
    {
        var sample = SampleModels.Logistic();
        var model = sample with { Facts = sample.Facts with { Classes = [first, second] } };
        var path = _folder.Write("d.csv", $"one,two,{model.Data.Label}\n1,2,{other}\n3,4,{another}\n");
        var source = EvaluationSource.Read(model, path, null, 0, 1);
        Assert.Equal(2, source.Rows);
        using var tensors = source.ToTensors(Precision.Float64, model.Facts);
        Assert.Equal([0L, 1], tensors.Gather([0, 1], 0, new PassPlace(1, 0, 0, 0)).Targets.data<long>().ToArray());
        string Unknown(string rows) => Assert.Throws<JobException>(() => EvaluationSource.Read(model, _folder.Write("e.csv", $"one,two,{model.Data.Label}\n1,2,{other}\n{rows}"), null, 0, 1)).Message;
        Assert.StartsWith("e.csv:3: the label '2' was never seen in training: ", Unknown("1,2,2\n"), StringComparison.Ordinal);
        Assert.StartsWith("e.csv:4: the label '2' was never seen in training, and 3 rows, of which this is the first, have such a label: ", Unknown($"1,2,{another}\n1,2,2\n1,2,2\n1,2,5\n"), StringComparison.Ordinal);
    }
}
