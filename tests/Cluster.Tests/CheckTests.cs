using System.Text.Json;

namespace Granary.Cluster.Tests;

/// <summary>What a check shows, and what becomes of its doubts.</summary>
public sealed class CheckTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private void Write(string name, string text) => File.WriteAllText(Path.Combine(_folder, name), text);

    private void WriteJob(string data) => Write("job.yaml", $$"""
        version: 1
        name: trial
        model: { kind: softmax }
        data: { {{data}}, shards: 2 }
        training: { epochs: 2, batch: 8, checkpoint: { seconds: 0 } }
        """);

    // As pandas writes a table that is sorted by its label.
    private static string WithIndex(bool index) => $"{(index ? "," : "")}size,colour,kind\n"
        + string.Concat(Enumerable.Range(0, 60).Select(i => $"{(index ? $"{i}," : "")}{i * 37 % 60},{(i % 7 == 0 ? "" : $"{i % 3}")},{(i < 30 ? "low" : "high")}\n"));

    [Fact]
    public async Task A_check_shows_what_was_guessed_about_a_table()
    {
        Write("t.csv", WithIndex(index: true));
        WriteJob("format: csv, path: t.csv, label: kind, missing: mean, validation: { fraction: 0.2 }");
        using var check = await CommandLine.Run(_folder, "check", "job.yaml");
        Assert.Equal((0, ""), (await check.Exit(), check.Errors));
        string[] lines = [.. check.Output.TrimEnd().Split('\n')];
        Assert.Equal("trial: softmax, 6 weights, 2 shards, 6 steps an epoch", lines[0]);
        Assert.Contains("examples    48 to train on, 12 held out", lines);
        Assert.Contains("label       kind, 2 classes", lines);
        Assert.Contains("left out    the first column, which has no name: taken for the rows' own names or numbers", lines);
        string[][] cells = [.. lines.Select(l => l.Split(' ', StringSplitOptions.RemoveEmptyEntries))];
        Assert.Contains(["feature", "values", "least", "greatest", "mean", "missing", "different"], cells);
        Assert.Contains(["size", "whole", "0", "59", "29.5", "0", "many"], cells);
        var mean = Enumerable.Range(0, 60).Where(i => i % 7 != 0).Average(i => i % 3).ToString("G5", System.Globalization.CultureInfo.InvariantCulture);
        Assert.Contains(["colour", "whole", "0", "2", mean, "9", "3"], cells);
        Assert.StartsWith("warning: t.csv: the first column, which has no name, is left out", lines[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Like_columns_have_one_line_and_nothing_is_wrapped_or_cut()
    {
        Write("t.csv", string.Join(',', Enumerable.Range(0, 784).Select(i => $"pixel{i}")) + ",digit\n"
            + string.Concat(Enumerable.Range(0, 40).Select(i => string.Join(',', Enumerable.Range(0, 784).Select(p => i * p % 251)) + $",{new string((char)('a' + (i % 2)), 150)}\n")));
        WriteJob("format: csv, path: t.csv, label: digit");
        using var check = await CommandLine.Run(_folder, "check", "job.yaml");
        Assert.Equal(0, await check.Exit());
        Assert.Contains("pixel0 ... pixel783 (784)  whole", check.Output);
        Assert.Contains(new string('b', 150), check.Output);
        Assert.InRange(check.Output.Split('\n').Length, 5, 30);
    }

    [Fact]
    public async Task What_is_unusual_about_a_file_and_how_often_a_sparse_feature_is_written_is_shown()
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, "t.csv"), string.Concat(Enumerable.Range(0, 40).Select(i => i == 0 ? "a\tkind\n" : $"{i * 7 % 41}\t{i % 2}\n")), System.Text.Encoding.Unicode);
        WriteJob("format: csv, path: t.csv, label: kind, delimiter: \"\\t\"");
        using var table = await CommandLine.Run(_folder, "check", "job.yaml");
        Assert.Equal((0, ""), (await table.Exit(), table.Errors));
        Assert.Matches(@"data        csv, t\.csv \([0-9.k]+B, UTF-16, tabs between cells\)", table.Output);
        Write("t.svm", string.Concat(Enumerable.Range(0, 40).Select(i => $"{i % 2}{(i % 4 < 3 ? $" 1:{(i * 7 % 41) + 0.5}" : "")} 2:{i % 3}\n")));
        WriteJob("format: libsvm, path: t.svm");
        using var sparse = await CommandLine.Run(_folder, "check", "job.yaml");
        Assert.Equal((0, ""), (await sparse.Exit(), sparse.Errors));
        string[][] cells = [.. sparse.Output.Split('\n').Select(l => l.Split(' ', StringSplitOptions.RemoveEmptyEntries))];
        Assert.Contains(["feature", "values", "least", "greatest", "mean", "rows", "with", "it", "different"], cells);
        Assert.Contains(["feature", "2", "whole", "0", "2", "0.975", "40", "3"], cells);
        Assert.Contains(cells, c => c is ["feature", "1", "numbers", "0", _, _, "30", _]);
    }

    [Fact]
    public async Task A_check_shows_what_a_text_holds()
    {
        Write("t.txt", string.Concat(Enumerable.Repeat("to be or not\n", 60)));
        Write("job.yaml", "version: 1\nmodel: { kind: transformer, width: 8, heads: 2, context: 8 }\ndata: { format: text, path: t.txt, shards: 2 }\ntraining: { epochs: 1, batch: 4 }\n");
        using var check = await CommandLine.Run(_folder, "check", "job.yaml");
        Assert.Equal(0, await check.Exit());
        Assert.Contains("text        780 tokens (char)", check.Output);
        Assert.Contains("vocabulary  8 characters\n            \\n benort\n", check.Output);
    }

    [Fact]
    public async Task Doubts_are_said_by_train_and_stand_in_the_summary_and_the_model_needs_no_index()
    {
        Write("t.csv", WithIndex(index: true));
        Write("plain.csv", WithIndex(index: false));
        WriteJob("format: csv, path: t.csv, label: kind, missing: mean");
        using var train = await CommandLine.Run(_folder, "train", "job.yaml", "--silos", "1", "--output", "out");
        Assert.Equal(0, await train.Exit());
        Assert.Contains("warning: t.csv: the first column, which has no name, is left out", train.Errors);
        using var summary = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(_folder, "out", "summary.json")));
        var warning = Assert.Single(summary.RootElement.GetProperty("warnings").EnumerateArray());
        Assert.Equal("index-column", warning.GetProperty("kind").GetString());
        using var first = await CommandLine.Run(_folder, "predict", "out", "--input", "t.csv");
        using var second = await CommandLine.Run(_folder, "predict", "out", "--input", "plain.csv");
        Assert.Equal((0, 0), (await first.Exit(), await second.Exit()));
        Assert.Equal(first.Output, second.Output);
        Assert.Equal(61, first.Output.TrimEnd().Split('\n').Length);
        Assert.Contains("columns the model does not know are left out: one without a name, kind", first.Errors);
    }

    [Fact]
    public async Task A_check_prints_what_the_docs_show()
    {
        using var check = await CommandLine.Run(CommandLine.Examples, "check", "iris-softmax.yaml");
        Assert.Equal(0, await check.Exit());
        Assert.Contains($"$ granary check examples/iris-softmax.yaml\n{check.Output}```", CommandLine.Page("docs/how-to/check-data.md"));
    }

    [Fact]
    public async Task A_job_without_doubts_has_none()
    {
        using var check = await CommandLine.Run(_folder, "check", Path.Combine(CommandLine.Examples, "digits-mlp.yaml"), "--json");
        Assert.Equal((0, ""), (await check.Exit(), check.Errors));
        Assert.Empty(check.Json.GetProperty("warnings").EnumerateArray());
        Assert.Equal(64, check.Json.GetProperty("data").GetProperty("columns").GetArrayLength());
    }

    [Fact]
    public async Task A_quantity_is_refused_by_name_with_the_remedy()
    {
        Write("t.csv", "rooms,price\n" + string.Concat(Enumerable.Range(0, 300).Select(i => $"{i * 7 % 9},{30_000 + (i * 7919 % 100_003)}\n")));
        WriteJob("format: csv, path: t.csv, label: price");
        using var train = await CommandLine.Run(_folder, "train", "job.yaml");
        Assert.Equal(2, await train.Exit());
        Assert.StartsWith("granary: t.csv: the label 'price' has 300 different values in 300 rows", CommandLine.OneError(train.Errors), StringComparison.Ordinal);
        Assert.Contains("set data.target to classes", train.Errors);
        using var check = await CommandLine.Run(_folder, "check", "job.yaml", "--set", "data.target=classes");
        Assert.Equal(0, await check.Exit());
        Assert.Contains("label       price, 300 classes", check.Output);
    }
}
