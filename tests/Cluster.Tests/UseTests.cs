namespace Granary.Cluster.Tests;

/// <summary>What a user does with a model, command by command.</summary>
public sealed class UseTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static string Example(string name) => Path.Combine(CommandLine.Examples, name);

    private async Task<(int Code, string Output, string Errors)> Run(params string[] arguments)
    {
        using var command = await CommandLine.Run(_folder, arguments);
        return (await command.Exit(), command.Output, command.Errors);
    }

    [Fact]
    public async Task A_classifier_is_trained_used_exported_and_trained_on()
    {
        Assert.Equal(0, (await Run("train", Example("iris-softmax.yaml"), "--silos", "1", "--output", "iris")).Code);
        var predict = await Run("predict", "iris", "--input", Example("data/iris.csv"), "--output", "preds.csv");
        Assert.Equal((0, "preds.csv: 150 rows predicted\n"), (predict.Code, predict.Output));
        Assert.Equal("columns the model does not know are left out: label\n", predict.Errors);
        var predicted = (await File.ReadAllLinesAsync(Path.Combine(_folder, "preds.csv")))[1..].Select(l => l.Split(',')[0]).ToArray();
        var truth = (await File.ReadAllLinesAsync(Example("data/iris.csv")))[1..].Select(l => l.Split(',')[^1]).ToArray();
        Assert.True(predicted.Zip(truth).Count(p => p.First == p.Second) >= 140); // wrong columns or scaling would be far below

        // A cluster evaluates the same model on the same rows: what predict said, counted.
        var evaluate = await CommandLine.Run(_folder, "evaluate", "iris", "--data", Example("data/iris.csv"), "--json", "--silos", "2", "--report", "iris.html");
        await evaluate.Succeeds();
        string[] classes = [.. evaluate.Json.GetProperty("classes").EnumerateArray().Select(c => c.GetString()!)];
        Assert.Equal(["setosa", "versicolor", "virginica"], classes);
        Assert.Equal(predicted.Zip(truth).Count(p => p.First == p.Second) / 150.0, evaluate.Json.GetProperty("accuracy").GetDouble());
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(
                classes.Select(c => predicted.Zip(truth).Count(p => p == (c, classes[i]))),
                evaluate.Json.GetProperty("confusion")[i].EnumerateArray().Select(n => n.GetInt32()));
        }

        // The page has the figures within it, and is not written over.
        var page = await File.ReadAllTextAsync(Path.Combine(_folder, "iris.html"));
        Assert.Contains("\"name\":\"virginica\",\"support\":50", page);
        Assert.Contains("\"name\":\"all classes\"", page);
        Assert.DoesNotMatch("(src|href)=|url\\(|@import", page); // nothing is fetched
        var again = await Run("evaluate", "iris", "--data", Example("data/iris.csv"), "--report", "iris.html");
        Assert.Equal(2, again.Code);
        Assert.Contains("iris.html: there is a file of this name: name another one, or say --overwrite.", again.Errors);

        // What each column adds to a score, how much it matters, and the predictions as Parquet.
        var explained = await Run("predict", "iris", "--input", Example("data/iris.csv"), "--explain", "--output", "why.csv");
        Assert.Equal((0, "why.csv: 150 rows predicted\n"), (explained.Code, explained.Output));
        var why = (await File.ReadAllLinesAsync(Path.Combine(_folder, "why.csv"))).Select(l => l.Split(',')).ToArray();
        Assert.Equal("score,bias,contribution.sepal_length,contribution.sepal_width,contribution.petal_length,contribution.petal_width", string.Join(',', why[0][4..]));
        Assert.All(why[1..], row =>
        {
            double[] parts = [.. row[4..].Select(p => double.Parse(p, System.Globalization.CultureInfo.InvariantCulture))];
            Assert.Equal(parts[0], parts[1..].Sum(), 1e-5);
        });
        Assert.Equal(predicted, why[1..].Select(r => r[0]));
        using var important = await CommandLine.Run(
            _folder, "evaluate", "iris", "--data", Example("data/iris.csv"), "--json", "--silos", "1", "--importance", "3", "--seed", "7", "--report", "importance.html");
        await important.Succeeds();
        var importance = important.Json.GetProperty("importance");
        Assert.Equal((3, 7), (importance.GetProperty("repeats").GetInt32(), importance.GetProperty("seed").GetInt32()));
        Assert.StartsWith("petal_", importance.GetProperty("columns")[0].GetProperty("column").GetString());
        Assert.InRange(importance.GetProperty("columns")[0].GetProperty("accuracy").GetProperty("mean").GetDouble(), 0.05, 1);
        Assert.Contains("\"importance\":{\"repeats\":3,\"seed\":7,", await File.ReadAllTextAsync(Path.Combine(_folder, "importance.html")));
        var text = await Run("evaluate", "iris", "--importance", "--data", Example("data/iris.csv"), "--silos", "1");
        Assert.Contains("permuted among all rows, 5 times, seed 1\ncolumn        log-loss rises by", text.Output);
        Assert.Contains("--importance is 0, but must be from 1 to 1000.", (await Run("evaluate", "iris", "--importance", "0", "--data", Example("data/iris.csv"))).Errors);
        var parquet = await Run("predict", "iris", "--input", Example("data/iris.csv"), "--output", "preds.parquet");
        Assert.Equal((0, "preds.parquet: 150 rows predicted\n"), (parquet.Code, parquet.Output));
        Assert.Equal("PAR1"u8.ToArray(), (await File.ReadAllBytesAsync(Path.Combine(_folder, "preds.parquet")))[^4..]);

        // A folder is its files, and a pipe is what is written to it, from the first byte on.
        Directory.CreateDirectory(Path.Combine(_folder, "labelled"));
        File.Copy(Example("data/iris.csv"), Path.Combine(_folder, "labelled", "iris.csv"));
        await File.WriteAllTextAsync(Path.Combine(_folder, "labelled", "._iris.csv"), "no data");
        var folder = await CommandLine.Run(_folder, "evaluate", "iris", "--data", "labelled/", "--json", "--silos", "1");
        await folder.Succeeds();
        Assert.Equal(evaluate.Json.GetProperty("confusion").ToString(), folder.Json.GetProperty("confusion").ToString());
        var pipe = Path.Combine(_folder, "pipe");
        using (var make = System.Diagnostics.Process.Start("mkfifo", pipe))
        {
            await make.WaitForExitAsync();
        }

        using var writer = System.Diagnostics.Process.Start("sh", ["-c", $"exec cat '{Example("data/iris.csv")}' > '{pipe}'"]);
        var piped = await Run("predict", "iris", "--input", "pipe");
        writer.Kill(); // it has ended, unless nobody has read
        Assert.Equal((0, await File.ReadAllTextAsync(Path.Combine(_folder, "preds.csv"))), (piped.Code, piped.Output));

        var strange = await Run("evaluate", "iris", "--data", Example("data/digits.csv"), "--silos", "1");
        Assert.Equal((2, ""), (strange.Code, strange.Output));
        Assert.Contains("digits.csv:1: there is no column 'sepal_length'", strange.Errors);

        foreach (var format in new[] { "safetensors", "npz", "onnx" })
        {
            var export = await Run("export", "iris", "--format", format, "--output", $"iris.{format}");
            var written = format == "onnx" ? "opset 17, features float32 [N, 4] -> label string [N], probabilities float32 [N, 3]" : "2 tensors, 15 weights";
            Assert.Equal((0, $"iris.{format}: {written}\n"), (export.Code, export.Output));
        }

        // Started where training ended, whatever the number of silos: the same weights, and not those of the first run.
        var hashes = new HashSet<string>();
        foreach (var silos in new[] { "1", "2" })
        {
            using var train = await CommandLine.Run(
                _folder, "train", Example("iris-softmax.yaml"), "--silos", silos, "--json", "--set", "model.init=iris.safetensors", "--set", "training.epochs=2");
            Assert.Equal(0, await train.Exit());
            Assert.Contains("iris.safetensors: all 2 parameters are taken.", train.Errors);
            Assert.True(train.Json.GetProperty("validation").GetProperty("accuracy").GetDouble() > 0.9); // from zero, two epochs reach less
            hashes.Add(train.Json.GetProperty("weightsSha256").GetString()!);
        }

        Assert.Single(hashes);
        var other = await Run("train", Example("digits-mlp.yaml"), "--set", "model.init=iris.safetensors");
        Assert.Equal(2, other.Code);
        Assert.Contains("Nothing could be taken", other.Errors);
    }

    [Fact]
    public async Task A_sweep_ranks_its_jobs_and_says_why_one_failed()
    {
        using var sweep = await CommandLine.Run(
            _folder, "sweep", Example("digits-mlp.yaml"), "--over", "training.optimizer.learningRate=0.01,0.1,1e30", "--over", "model.hidden=[8],[16]", "--set",
            "training.epochs=2", "--silos", "1", "--jobs", "2", "--json");
        await sweep.Succeeds();
        var jobs = sweep.Json.GetProperty("jobs").EnumerateArray().ToArray();
        Assert.Equal(6, jobs.Length);
        double[] losses = [.. jobs[..4].Select(j => j.GetProperty("loss").GetDouble())];
        Assert.Equal(losses.Order(), losses);
        Assert.All(jobs[..4], j => Assert.Equal("completed", j.GetProperty("state").GetString()));
        Assert.All(jobs[4..], j => Assert.Equal(
            ("failed", "1e30"), (j.GetProperty("state").GetString(), j.GetProperty("over").GetProperty("training.optimizer.learningRate").GetString())));
        Assert.All(jobs[4..], j => Assert.Matches(@"^failed: step \d+, .* became (NaN|infinite)", j.GetProperty("failure").GetString()));

        // Each is the job that its values make, wherever it ran and beside whom.
        var best = jobs[0].GetProperty("over");
        using var alone = await CommandLine.Run(
            _folder, "train", Example("digits-mlp.yaml"), "--json", "--set", "training.epochs=2",
            "--set", $"model.hidden={best.GetProperty("model.hidden").GetString()}",
            "--set", $"training.optimizer.learningRate={best.GetProperty("training.optimizer.learningRate").GetString()}");
        Assert.Equal(alone.Json.GetProperty("weightsSha256").GetString(), jobs[0].GetProperty("weightsSha256").GetString());
    }

    [Fact]
    public async Task Cross_validation_holds_out_every_row_once_and_says_which_fold_failed()
    {
        using var cv = await CommandLine.Run(
            _folder, "cv", Example("iris-softmax.yaml"), "--folds", "3", "--set", "training.epochs=20", "data.validation.stratified=true", "--silos", "1", "--jobs", "2", "--json");
        await cv.Succeeds();
        var jobs = cv.Json.GetProperty("jobs").EnumerateArray().ToArray();
        Assert.Equal([50, 50, 50], jobs.Select(j => j.GetProperty("heldOut").GetInt32()));
        double[] losses = [.. jobs.Select(j => j.GetProperty("figures").GetProperty("loss").GetDouble())];
        var mean = losses.Average();
        Assert.Equal(mean, cv.Json.GetProperty("figures").GetProperty("loss").GetProperty("mean").GetDouble(), 1e-12);
        Assert.Equal(Math.Sqrt(losses.Sum(l => (l - mean) * (l - mean)) / 2), cv.Json.GetProperty("figures").GetProperty("loss").GetProperty("deviation").GetDouble(), 1e-12);

        // A fold is a job like any other.
        using var alone = await CommandLine.Run(
            _folder, "train", Example("iris-softmax.yaml"), "--json", "--set", "training.epochs=20", "data.validation.stratified=true", "data.validation.fraction=0", "data.validation.fold=2/3");
        Assert.Equal(jobs[1].GetProperty("weightsSha256").GetString(), alone.Json.GetProperty("weightsSha256").GetString());

        var failed = await Run(
            "cv", Example("iris-softmax.yaml"), "--folds", "2", "--set", "training.optimizer.learningRate=1e30", "model.loss=squared-error", "model.kind=linear", "data.target=number", "data.label=petal_width",
            "data.ignore=[label]", "--silos", "1");
        Assert.Equal(1, failed.Code);
        Assert.Contains("failed: step ", failed.Output, StringComparison.Ordinal);
        Assert.Contains("of 0 of 2 folds", failed.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--folds is 1, but must be from 2 to 1000.", "cv", "--folds", "1")]
    [InlineData("data.validation.fold is 1/7, but the column 'g' (data.validation.group) has 3 groups: a fold would be empty. Take 3 folds or fewer.", "cv", "--folds", "7", "--set", "data.validation.group=g")]
    [InlineData("of the class 'c', which has 3 rows. Take 3 folds or fewer with data.validation.stratified: true, or leave this class out.", "cv", "--set", "data.ignore=[g]", "data.validation.stratified=true")]
    [InlineData("no fraction is held out: folds are of all rows: take time out.", "cv", "--set", "data.validation.time=g")]
    public async Task Folds_that_cannot_be_are_one_message_and_code_2(string message, string command, params string[] arguments)
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, "t.csv"), "a,g,y\n" + string.Concat(Enumerable.Range(0, 33).Select(i => $"{i},{i % 3},{(i % 11 == 0 ? 'c' : i % 2 == 0 ? 'a' : 'b')}\n")));
        await File.WriteAllTextAsync(Path.Combine(_folder, "j.yaml"), "version: 1\nmodel: { kind: softmax }\ndata: { format: csv, path: t.csv, label: y, shards: 2 }\ntraining: { epochs: 1, batch: 8 }\n");
        var (code, output, errors) = await Run([command, "j.yaml", .. arguments]);
        Assert.Equal((2, ""), (code, output));
        Assert.Contains(message, CommandLine.OneError(errors));
    }

    [Theory]
    [InlineData("cannot be read", "predict", "none", "--input", "x.csv")]
    [InlineData("no whole safetensors file", "predict", "x.csv", "--input", "x.csv")]
    [InlineData("no whole safetensors file", "generate", "x.csv", "--prompt", "a")]
    [InlineData("no whole safetensors file", "export", "x.csv", "--output", "y")]
    [InlineData("no whole safetensors file", "neighbours", "x.csv", "a")]
    [InlineData("no whole safetensors file", "evaluate", "x.csv", "--data", "x.csv", "--silos", "1")]
    [InlineData("there is no model none", "evaluate", "none", "--data", "x.csv")]
    [InlineData("--data: there is no file none.csv", "evaluate", "x.csv", "--data", "none.csv")]
    [InlineData("is a pipe, which can be read only once", "evaluate", "x.csv", "--data", "/dev/stdin")]
    [InlineData("is a pipe, which can be read only once", "predict", "/dev/stdin", "--input", "x.csv")]
    [InlineData("this is a pipe, which can be read only once", "train", "/dev/stdin")]
    [InlineData("this is a device, not a job file", "check", "/dev/null")]
    [InlineData("--count is 0", "neighbours", "x.csv", "a", "--count", "0")]
    [InlineData("the job file cannot be read", "sweep", "none.yaml", "--over", "training.batch=1,2")]
    [InlineData("this must be key=value,value", "sweep", "none.yaml", "--over", "training.batch")]
    [InlineData("--prompt is empty", "generate", "x.csv", "--prompt", "")]
    [InlineData("--temperature is -1", "generate", "x.csv", "--prompt", "a", "--temperature=-1")]
    [InlineData("--tokens is 0", "generate", "x.csv", "--prompt", "a", "--tokens", "0")]
    [InlineData("'pickle'", "export", "x.csv", "--format", "pickle", "--output", "y")]
    public async Task A_mistake_ends_with_one_message_and_code_2(string message, params string[] arguments)
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, "x.csv"), "this,is,no\nmodel,at,all\n");
        var (code, output, errors) = await Run(arguments);
        Assert.Equal((2, ""), (code, output));
        Assert.Contains(message, CommandLine.OneError(errors));
    }

    [Theory]
    [InlineData("evaluate", "x.csv", "--data=~/granary-none")]
    [InlineData("evaluate", "~/granary-none", "--data", "x.csv")]
    [InlineData("predict", "~/granary-none", "--input", "x.csv")]
    [InlineData("train", "~/granary-none")]
    [InlineData("check", "~/granary-none")]
    [InlineData("plan", "~/granary-none")]
    [InlineData("chaos", "--plan=~/granary-none")]
    [InlineData("check", "x.yaml", "--set", "data.path=~/granary-none")]
    public async Task A_path_that_begins_with_a_tilde_is_looked_for_in_the_home_folder(params string[] arguments)
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, "x.csv"), "a,y\n1,p\n2,q\n");
        await File.WriteAllTextAsync(Path.Combine(_folder, "x.yaml"), "{version: 1, model: {kind: softmax}, data: {format: csv, path: x.csv, label: y, shards: 1}, training: {epochs: 1}}");
        var (code, output, errors) = await Run(arguments);
        Assert.Equal((2, ""), (code, output));
        Assert.Contains($"{Environment.GetFolderPath(Environment.SpecialFolder.UserProfile)}/granary-none", errors);
    }
}
