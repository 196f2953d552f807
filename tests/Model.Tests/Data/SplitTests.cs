using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Granary.Jobs;
using Granary.Model.Data;
using Granary.Model.Data.Cache;
using Parquet;
using Parquet.Schema;
using static TorchSharp.torch;

namespace Granary.Model.Tests.Data;

/// <summary>Which rows are held out, by rules that do not depend on how the source is cut: told by a feature that numbers the rows.</summary>
public sealed class SplitTests : IDisposable
{
    private const int Rows = 230;

    private static readonly int[] Counts = [1, 2, 5, 9];

    private readonly DataFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static string Group(int i) => $"g{i * 17 % 41}, é";

    private static int Class(int i) => i % 23 < 3 ? 2 : i % 3 == 0 ? 1 : 0;

    private static int Day(int i) => i * 101 % Rows / 4; // four rows a day, in no order

    private static string Date(int day) => new DateOnly(2026, 1, 30).AddDays(day).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static string Line(int i, bool number = false) =>
        FormattableString.Invariant($"{i},\"{Group(i)}\",{Day(i)},{Date(Day(i))},{(number ? i * 0.5 : Class(i))}\n");

    private const string Header = "a,g,day,date,y\n";

    private string Table(string name = "d.csv", bool number = false) => _folder.Write(name, Header + string.Concat(Enumerable.Range(0, Rows).Select(i => Line(i, number))));

    private static DataSection Csv(string path, int shards, ValidationSection held, params string[] ignore) =>
        new() { Format = "csv", Path = path, Label = "y", Shards = shards, Ignore = ignore, Validation = held };

    // The rows trained on and held out, each in rising order.
    private static (int[] Training, int[] Held) Split(Job job, ReadingMeans? means = null)
    {
        var (facts, _) = DataCheck.Run(job, 2, means);
        var (training, held) = (new List<int>(), new List<int>());
        for (var v = 0; v < job.Data.Shards; v++)
        {
            using var examples = ShardData.Read(job, v, means).Prepare(facts);
            Assert.Equal((facts.TrainingRows[v], facts.ValidationRows[v]), (examples.TrainingRows, examples.ValidationRows));
            if (examples.TrainingRows > 0)
            {
                training.AddRange(Numbers(examples.Training(0, 0, examples.TrainingRows)));
            }

            if (examples.ValidationRows > 0)
            {
                held.AddRange(Numbers(examples.Validation(0, examples.ValidationRows)));
            }
        }

        Assert.Equal(Enumerable.Range(0, training.Count + held.Count), training.Concat(held).Order());
        return ([.. training.Order()], [.. held.Order()]);
    }

    private static int[] Numbers(Batch batch)
    {
        using var scope = NewDisposeScope();
        return [.. batch.Inputs.to(ScalarType.Float64)[TensorIndex.Colon, 0].contiguous().data<double>().ToArray().Select(x => (int)x)];
    }

    private static Job Job(DataSection data, long seed = 5) => DataFolder.Job(data, new TrainingSection { Epochs = 1, Batch = 1, Seed = seed });

    // The same rows whatever the number of shards, and where lines are dealt instead of cut.
    private (int[] Training, int[] Held) SameForAll(ValidationSection held, params string[] ignore)
    {
        var splits = Counts.Select(shards => Split(Job(Csv(Table(), shards, held, ignore))))
            .Append(Split(Job(Csv(Table("d.csv.gz"), 4, held, ignore)))).ToArray();
        Assert.All(splits, s => Assert.Equal(splits[0].Held, s.Held));
        return splits[0];
    }

    [Fact]
    public void A_group_is_on_one_side_for_any_number_of_shards()
    {
        var (training, held) = SameForAll(new() { Fraction = 0.3, Group = "g" }, "day", "date");
        Assert.Empty(training.Select(Group).Intersect(held.Select(Group)));
        Assert.InRange(held.Length, Rows / 10, Rows / 2);
        Assert.NotEqual(held, Split(Job(Csv(Table(), 1, new() { Fraction = 0.3, Group = "g" }, "day", "date"), seed: 6)).Held);
    }

    [Fact]
    public void A_group_is_on_the_same_side_whatever_the_order_of_the_files()
    {
        string Part(string name, IEnumerable<int> rows) => _folder.Write(name, Header + string.Concat(rows.Select(i => Line(i))));
        var held = new ValidationSection { Fraction = 0.3, Group = "g" };
        var whole = Split(Job(Csv(Table(), 3, held, "day", "date"))).Held;
        Part("p1.csv", Enumerable.Range(100, 130));
        Part("p2.csv", Enumerable.Range(0, 100).Reverse());
        Assert.Equal(whole, Split(Job(Csv(_folder["p*.csv"], 3, held, "day", "date"))).Held);
    }

    [Fact]
    public void More_of_a_fraction_keeps_the_groups_that_are_held_out_already()
    {
        var few = Split(Job(Csv(Table(), 3, new() { Fraction = 0.2, Group = "g" }, "day", "date"))).Held;
        var more = Split(Job(Csv(Table(), 3, new() { Fraction = 0.5, Group = "g" }, "day", "date"))).Held;
        Assert.NotEmpty(few);
        Assert.Subset(more.ToHashSet(), few.ToHashSet());
    }

    [Fact]
    public void Rows_out_of_the_cache_are_split_as_those_of_the_file()
    {
        foreach (var held in new[] { new ValidationSection { Fraction = 0.3, Group = "g" }, new() { Fraction = 0.3, Time = "day" } })
        {
            string[] ignore = held.Group is null ? ["g", "date"] : ["day", "date"];
            var job = Job(Csv(Table(), 2, held, ignore));
            var means = new ReadingMeans(null, new RowCache(why => Assert.Fail(why), least: 0));
            var first = Split(job, means);
            Assert.NotEmpty(Directory.GetFiles(_folder[DataFiles.CacheFolder]));
            Assert.Equal(first.Held, Split(job, means).Held);
            Assert.Equal(first.Held, Split(job).Held);
        }
    }

    [Fact]
    public void Each_class_is_held_out_by_its_share()
    {
        var (_, held) = SameForAll(new() { Fraction = 0.15, Stratified = true }, "g", "day", "date");
        Assert.Equal((int)(0.15m * Rows), held.Length);
        for (var c = 0; c < 3; c++)
        {
            var share = 0.15 * Enumerable.Range(0, Rows).Count(i => Class(i) == c);
            Assert.InRange(held.Count(i => Class(i) == c) - share, -1, 1);
        }
    }

    [Fact]
    public void The_end_of_a_table_is_its_last_rows()
    {
        var (training, _) = SameForAll(new() { Fraction = 0.17, From = HeldOutPlace.End }, "g", "day", "date");
        Assert.Equal(Enumerable.Range(0, (int)(0.83m * Rows)), training);
    }

    [Theory]
    [InlineData("day")]
    [InlineData("date")]
    public void The_latest_rows_are_held_out_whole_days_of_them(string time)
    {
        var (training, held) = SameForAll(new() { Fraction = 0.2, Time = time }, "g", time == "day" ? "date" : "day");
        Assert.True(training.Max(Day) < held.Min(Day));
        Assert.InRange(held.Length, (int)(0.2 * Rows), (int)(0.2 * Rows) + 4);
    }

    [Fact]
    public void A_time_can_be_a_feature_too()
    {
        var data = Csv(Table(), 3, new() { Fraction = 0.2, Time = "date" }, "g", "day") with
        {
            Columns = new ColumnsSection(false, new Dictionary<string, ColumnSection> { ["date"] = new() { Kind = "date", Parts = [DatePart.Weekday] } }),
        };
        var (training, held) = Split(Job(data));
        Assert.True(training.Max(Day) < held.Min(Day));
        Assert.Equal(Split(Job(Csv(Table(), 3, new() { Fraction = 0.2, Time = "date" }, "g", "day"))).Held, held);
        Assert.Equal(8, DataCheck.Run(Job(data), 1).Facts.Shape.Features);
    }

    [Theory]
    [InlineData(null, false, false)]
    [InlineData(null, true, false)]
    [InlineData("g", false, false)]
    [InlineData(null, false, true)]
    public void Folds_hold_out_every_row_once(string? group, bool stratified, bool number)
    {
        string[] ignore = group is null ? ["g", "day", "date"] : ["day", "date"];
        Job Fold(int fold, int shards)
        {
            var job = Job(Csv(Table(number: number), shards, new() { Fold = $"{fold}/4", Group = group, Stratified = stratified }, ignore));
            return number ? job with { Model = job.Model with { Kind = "linear", Loss = Loss.SquaredError }, Data = job.Data with { Target = LabelTarget.Number } } : job;
        }

        var folds = Enumerable.Range(1, 4).Select(f => Split(Fold(f, 1)).Held).ToArray();
        Assert.Equal(Enumerable.Range(0, Rows), folds.SelectMany(f => f).Order());
        Assert.All(Enumerable.Range(1, 4), f => Assert.Equal(folds[f - 1], Split(Fold(f, 7)).Held));
        if (group is not null)
        {
            var groups = folds.Select(f => f.Select(Group).ToHashSet()).ToArray();
            Assert.Equal(41, groups.Sum(g => g.Count));
            Assert.Equal([10, 10, 10, 11], groups.Select(g => g.Count).Order());
            return;
        }

        Assert.Equal([57, 57, 58, 58], folds.Select(f => f.Length).Order());
        if (stratified)
        {
            Assert.All(Enumerable.Range(0, 3), c =>
            {
                var counts = folds.Select(f => f.Count(i => Class(i) == c)).ToArray();
                Assert.InRange(counts.Max() - counts.Min(), 0, 1);
            });
        }
    }

    private sealed record Folds(int[][] Held);

    private sealed record Golden(long Seed, [property: JsonPropertyName("folds")] int Count, string Table, int[] GroupFraction, int[] StratifiedFraction, Folds Plain, Folds Stratified, Folds Groups);

    // The rules are written a second time in tests/golden/folds.py.
    [Fact]
    public void The_rows_held_out_are_those_that_another_program_finds()
    {
        var golden = JsonSerializer.Deserialize<Golden>(File.ReadAllText(Python.Golden("folds.json")), JsonSerializerOptions.Web)!;
        string[] lines = golden.Table.TrimEnd('\n').Split('\n');
        var path = _folder.Write("golden.csv", string.Concat(lines.Select((line, i) => $"{(i == 0 ? "n" : i - 1)},{line}\n")));
        int[] Held(ValidationSection held) => Split(Job(Csv(path, 3, held, held.Group is null ? ["group", "t"] : ["t"]), golden.Seed)).Held;
        Assert.Equal(golden.GroupFraction, Held(new() { Fraction = 0.3, Group = "group" }));
        Assert.Equal(golden.StratifiedFraction, Held(new() { Fraction = 0.3, Stratified = true }));
        for (var fold = 0; fold < golden.Count; fold++)
        {
            var name = new Fold(fold + 1, golden.Count).ToString();
            Assert.Equal(golden.Plain.Held[fold], Held(new() { Fold = name }));
            Assert.Equal(golden.Stratified.Held[fold], Held(new() { Fold = name, Stratified = true }));
            Assert.Equal(golden.Groups.Held[fold], Held(new() { Fold = name, Group = "group" }));
        }
    }

    [Fact]
    public async Task Parquet_is_split_as_csv_is()
    {
        var fields = new DataField[] { new DataField<int>("a"), new DataField<string>("g"), new DataField<DateTime>("date"), new DataField<string>("y") };
        using (var file = File.Create(_folder["d.parquet"]))
        {
            await using var writer = await ParquetWriter.CreateAsync(new ParquetSchema(fields), file);
            foreach (var rows in Enumerable.Range(0, Rows).Chunk(50))
            {
                using var group = writer.CreateRowGroup();
                await group.WriteAsync<int>(fields[0], rows);
                await group.WriteAsync(fields[1], rows.Select(Group).ToArray());
                await group.WriteAsync<DateTime>(fields[2], rows.Select(i => new DateTime(2026, 1, 30, 0, 0, 0, DateTimeKind.Utc).AddDays(Day(i))).ToArray());
                await group.WriteAsync(fields[3], rows.Select(i => Class(i).ToString(CultureInfo.InvariantCulture)).ToArray());
            }
        }

        foreach (var (held, ignore) in new[]
        {
            (new ValidationSection { Fraction = 0.3, Group = "g" }, "date"), (new() { Fraction = 0.3, Time = "date" }, "g"), (new() { Fold = "2/3", Group = "g" }, "date"),
        })
        {
            var own = Split(Job(new DataSection { Format = "parquet", Path = _folder["d.parquet"], Label = "y", Shards = 3, Ignore = [ignore], Validation = held })).Held;
            Assert.Equal(Split(Job(Csv(Table(), 5, held, "day", ignore))).Held, own);
            var described = new DataSection
            {
                Format = "parquet",
                Path = _folder["d.parquet"],
                Label = "y",
                Shards = 2,
                Ignore = [ignore],
                Validation = held,
                Columns = new ColumnsSection(false, new Dictionary<string, ColumnSection> { ["a"] = new() { Kind = "numeric" } }),
            };
            Assert.Equal(own, Split(Job(described)).Held);
        }
    }

    [Fact]
    public void Libsvm_is_split_by_class_and_by_end()
    {
        var path = _folder.Write("d.svm", string.Concat(Enumerable.Range(0, Rows).Select(i => FormattableString.Invariant($"{Class(i)} 1:{i}\n"))));
        foreach (var held in new[] { new ValidationSection { Fraction = 0.15, Stratified = true }, new() { Fraction = 0.15, From = HeldOutPlace.End } })
        {
            var own = Split(Job(new DataSection { Format = "libsvm", Path = path, Shards = 4, Validation = held })).Held;
            Assert.Equal(Split(Job(Csv(Table(), 3, held, "g", "day", "date"))).Held, own);
        }
    }

    private static readonly ValidationSection[] ByNumber =
        [new() { Fraction = 0.15, From = HeldOutPlace.End }, new() { Fraction = 0.15, Stratified = true }, new() { Fold = "2/3" }];

    // Where lines are dealt, comments, blank lines and carriage returns within lines do not move the rows' numbers.
    [Fact]
    public void Dealt_lines_of_libsvm_are_split_as_those_that_are_cut()
    {
        var text = string.Concat(Enumerable.Range(0, Rows).Select(i => FormattableString.Invariant(
            $"{(i % 7 == 3 ? "# a remark\n" : i % 11 == 5 ? " \t # another\r\n\n" : "")}{Class(i)} 1:{i}{(i % 5 == 1 ? " # the row's own" : "")}{(i % 6 == 2 ? "\r" : i % 13 == 4 ? "\r#\r\n" : "\n")}")));
        var (plain, packed) = (_folder.Write("d.svm", text), _folder.Write("d.svm.gz", text));
        foreach (var held in ByNumber)
        {
            var expected = Split(Job(new DataSection { Format = "libsvm", Path = plain, Shards = 3, Validation = held })).Held;
            Assert.Equal(Split(Job(Csv(Table(), 3, held, "g", "day", "date"))).Held, expected);
            Assert.All(Counts, shards => Assert.Equal(expected, Split(Job(new DataSection { Format = "libsvm", Path = packed, Shards = shards, Validation = held })).Held));
        }
    }

    [Fact]
    public void Dealt_lines_of_csv_are_split_as_those_that_are_cut()
    {
        var text = "a,y\n" + string.Concat(Enumerable.Range(0, Rows).Select(i => FormattableString.Invariant(
            $"{(i % 7 == 3 ? "\"\"\n" : i % 11 == 5 ? "\u00a0\r\n" : i % 17 == 6 ? "\" \t\"\n\n" : "")}{i},\"{Class(i)}\"{(i % 6 == 2 ? "\r" : "\n")}")));
        var (plain, packed) = (_folder.Write("n.csv", text), _folder.Write("n.csv.gz", text));
        foreach (var held in ByNumber)
        {
            var expected = Split(Job(Csv(plain, 3, held))).Held;
            Assert.Equal(Split(Job(Csv(Table(), 3, held, "g", "day", "date"))).Held, expected);
            Assert.All(Counts, shards =>
            {
                Assert.Equal(expected, Split(Job(Csv(packed, shards, held))).Held);
                var means = new ReadingMeans(null, new RowCache(why => Assert.Fail(why), least: 0));
                Assert.Equal(expected, Split(Job(Csv(packed, shards, held)), means).Held);
            });
        }
    }

    [Fact]
    public void A_check_says_what_came_of_the_fraction()
    {
        var job = Job(Csv(Table(), 3, new() { Fraction = 0.2, Time = "date" }, "g", "day"));
        var split = DataCheck.Inspect(job, 2, withColumns: false).Report.Split!;
        var held = Split(job).Held;
        Assert.Equal(("time", "date", 0.2, Date(held.Min(Day))), (split.By, split.Column, split.Fraction, split.From));
        Assert.Equal((double)held.Length / Rows, split.Share, 1e-15);
        Assert.Null(DataCheck.Inspect(Job(Csv(Table(), 3, new() { Fraction = 0.2 }, "g", "day", "date")), 2, withColumns: false).Report.Split);
    }

    [Theory]
    [InlineData("a,g,y\n1,x,p\n2,,q\n", "d.csv:3: column 'g' (data.validation.group) is empty: every row needs a group: give it one, or leave the row out.")]
    [InlineData("a,g,y\n1,x,p\n2,NA,q\n", "d.csv:3: column 'g' (data.validation.group) holds 'NA', which stands for a missing value: every row needs a group: give it one, or leave the row out. If 'NA' is a group, set data.missingValues to the usual list without it: [\"#N/A\", \"#N/A N/A\", \"#NA\" and 15 more] (docs/how-to/check-data.md has the whole list).")]
    [InlineData("a,h,y\n1,x,p\n2,z,q\n", "d.csv:1: there is no column 'g' (data.validation.group).")]
    [InlineData("g,y\nx,p\nz,q\n", "d.csv:1: there is no column besides the label 'y' and 'g', by which rows are held out: nothing to learn from.")]
    [InlineData("a,g,y\n1,x,p\n2,x,q\n", "data.validation.fraction is 0.3, and the groups of 'g' (data.validation.group) are so few that all fell on one side. Set a ")]
    public void A_group_that_cannot_be_told_is_one_message(string text, string message) =>
        Assert.Contains(message, DataFolder.Error(Csv(_folder.Write("d.csv", text), 1, new() { Fraction = 0.3, Group = "g" })));

    [Theory]
    [InlineData("a,t,y\n1,2026-01-01,p\n2,,q\n", "d.csv:3: column 't' (data.validation.time) is empty: every row needs a time")]
    [InlineData("a,t,y\n1,x,p\n2,z,q\n", "d.csv: the column 't' (data.validation.time) holds neither numbers nor dates such as 2026-03-31: choose another one, or say how its dates are written: data.columns: { t: { kind: date, pattern: ... } }.")]
    [InlineData("a,h,y\n1,x,p\n2,z,q\n", "d.csv:1: there is no column 't' (data.validation.time).")]
    [InlineData("a,t,y\n1,7,p\n2,7,q\n", "nothing is left to train on of its 2 rows: data.validation.fraction is 0.3, and the first of them are of the time at which the latest begin ('t', data.validation.time). Rows of one time are not parted: set a smaller fraction, or give times more exactly.")]
    public void A_time_that_cannot_be_told_is_one_message(string text, string message) =>
        Assert.Contains(message, DataFolder.Error(Csv(_folder.Write("d.csv", text), 1, new() { Fraction = 0.3, Time = "t" })));

    [Fact]
    public void The_remedy_for_a_group_called_NA_works()
    {
        var path = _folder.Write("d.csv", "a,g,y\n" + string.Concat(Enumerable.Range(0, 40).Select(i => $"{i},{(i % 8 == 0 ? "NA" : $"g{i % 8}")},{i % 2}\n")));
        var data = Csv(path, 2, new() { Fraction = 0.3, Group = "g" });
        Assert.Contains("If 'NA' is a group, set data.missingValues to a list without it: [x].", DataFolder.Error(data with { MissingSpellings = ["NA", "x"] }));
        Assert.NotEmpty(Split(Job(data with { MissingSpellings = ["x"] })).Held);
        var times = Csv(_folder.Write("t.csv", "a,t,y\n1,3,p\n2,NA,q\n"), 1, new() { Fraction = 0.3, Time = "t" });
        Assert.EndsWith("holds 'NA', which stands for a missing value: every row needs a time: give it one, or leave the row out.", DataFolder.Error(times)); // NA is no time
        Assert.EndsWith("leave the row out. If '3' is a time, set data.missingValues to a list without it: [].", DataFolder.Error(
            times with { Path = _folder.Write("t.csv", "a,t,y\n1,3,p\n2,4,q\n"), MissingSpellings = ["3"] }));
    }

    [Fact]
    public void A_time_unlike_the_first_ones_is_refused_by_line()
    {
        var text = "a,t,y\n" + string.Concat(Enumerable.Range(0, 1200).Select(i => $"{i},{(i == 1100 ? "later" : i)},{i % 2}\n"));
        Assert.Equal(
            "d.csv:1102: column 't' (data.validation.time) holds 'later', which is not a number as the first rows have: correct it, or leave the row out.",
            DataFolder.Error(Csv(_folder.Write("d.csv", text), 3, new() { Fraction = 0.3, Time = "t" })));
    }

    [Theory]
    [InlineData("a,g,y\n1,u,p\n2,v,q\n3,u,p\n4,v,q\n", "1/3", true, false, "d.csv: data.validation.fold is 1/3, but the column 'g' (data.validation.group) has 2 groups: a fold would be empty. Take 2 folds or fewer.")]
    [InlineData("a,g,y\n1,u,p\n2,v,q\n", "1/3", false, false, "d.csv: data.validation.fold is 1/3, but there are 2 rows: a fold would be empty. Take 2 folds or fewer.")]
    [InlineData("a,g,y\n1,u,p\n2,v,q\n3,u,p\n4,v,q\n5,v,q\n", "1/3", false, true, "of the class 'p', which has 2 rows. Take 2 folds or fewer with data.validation.stratified: true, or leave this class out.")]
    [InlineData("a,g,y\n1,u,p\n2,v,p\n3,u,q\n4,v,p\n5,v,p\n6,v,p\n7,v,p\n", "1/3", false, false, "of the class 'q', which has 1 row. Leave this class out, or give more rows of it.")]
    public void A_fold_without_what_it_needs_is_one_message(string text, string fold, bool group, bool stratified, string message) => Assert.Contains(
        message, DataFolder.Error(Csv(_folder.Write("d.csv", text), 1, new() { Fold = fold, Group = group ? "g" : null, Stratified = stratified }, group ? [] : ["g"])));

    [Fact]
    public void A_batch_is_compared_with_what_is_left_to_train_on() => Assert.Contains(
        "training.batch is 200, but there are only 184 training examples (rows). Set training.batch to 184 or less.",
        Assert.Throws<JobException>(() => DataCheck.Run(
            DataFolder.Job(Csv(Table(), 3, new() { Fraction = 0.2, From = HeldOutPlace.End }, "g", "day", "date"), new TrainingSection { Epochs = 1, Batch = 200 }), 2)).Message);
}
