namespace Granary.Jobs.Tests;

public sealed class JobFileTests : IDisposable
{
    private const string Good = """
        version: 1
        name: digits
        model:
          kind: mlp
          hidden: [64, 32]
          activation: tanh
        data:
          format: csv
          path: d.csv
          label: label
          validation: { fraction: 0.2 }
        training:
          epochs: 3
          optimizer: { kind: adamw }
          schedule: { kind: cosine, warmup: 5 }
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("granary-test-").FullName;

    public JobFileTests() => File.WriteAllText(Path.Combine(_folder, "d.csv"), "a,label\n1,x\n");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private Job Parse(string text, params string[] overrides) => JobFile.Parse(text, "digits.yaml", _folder, overrides, _folder);

    [Fact]
    public void Defaults_depend_on_the_optimiser()
    {
        var job = Parse(Good);
        Assert.Equal(0.001, job.Training.Optimizer.LearningRate);
        Assert.Equal(0.01, job.Training.Optimizer.WeightDecay);
        Assert.Equal(8, job.Data.Shards);
        Assert.Equal(64, job.Training.Batch);
        Assert.Equal([64, 32], job.Model.Hidden);
        Assert.Equal(Path.Combine(_folder, "d.csv"), job.Data.Path);
    }

    [Fact]
    public void What_is_written_reads_back_equal()
    {
        var job = Parse(Good, "training.clipNorm=0.5", "data.shards=3");
        Assert.Equal(job, Parse(JobFile.Write(job)));
    }

    [Theory]
    [InlineData("training.epochs=7")]
    [InlineData("training={epochs: 7}")]
    public void Overrides_reach_values_and_sections(string item) => Assert.Equal(7, Parse(Good, item).Training.Epochs);

    [Theory]
    [InlineData("epochs: 3", "epoch: 3", "training.epoch is not a key of a job file; did you mean training.epochs?")]
    [InlineData("epochs: 3", "epochs: three", "digits.yaml:13: training.epochs is 'three', which is not a whole number.")]
    [InlineData("epochs: 3", "epochs: 0", "digits.yaml:13: training.epochs is 0, but must be at least 1.")]
    [InlineData("kind: adamw", "kind: adamw, learningRate: -1", "digits.yaml:14: training.optimizer.learningRate is -1, but must be above 0.")]
    [InlineData("kind: adamw", "kind: adamw, learningRate: .nan", "which is not a finite number")]
    [InlineData("kind: adamw", "kind: sgd, beta1: 0.5", "beta1 has no meaning for sgd")]
    [InlineData("kind: mlp", "kind: mpl", "must be one of logistic, softmax, mlp, transformer. Did you mean mlp?")]
    [InlineData("kind: mlp", "kind: softmax", "model.hidden has no meaning for softmax")]
    [InlineData("kind: mlp\n", "kind: transformer\n", "belongs to mlp")]
    [InlineData("path: d.csv", "path: e.csv", "there is no file")]
    [InlineData("  label: label\n", "", "data.label is missing")]
    [InlineData("fraction: 0.2", "fraction: 1", "data.validation.fraction is 1, but must be at least 0 and below 1.")]
    [InlineData("version: 1", "version: 2", "version is 2, but this Granary reads version 1.")]
    [InlineData("version: 1\n", "", "version is missing")]
    [InlineData("hidden: [64, 32]", "hidden: [64, x]", "digits.yaml:5: model.hidden holds 'x'")]
    [InlineData("name: digits", "name: a b", "digits.yaml:2: name is 'a b'")]
    [InlineData("name: digits", "name: [", "this is no YAML")]
    [InlineData("name: digits", "name: digits\nname: twice", "this is no YAML")]
    public void Mistakes_get_one_message(string part, string mistake, string message)
    {
        var e = Assert.Throws<JobException>(() => Parse(Good.Replace(part, mistake, StringComparison.Ordinal)));
        Assert.Contains(message, e.Message);
        Assert.DoesNotContain('\n', e.Message);
    }

    [Fact]
    public void An_override_is_named_in_its_message()
    {
        var e = Assert.Throws<JobException>(() => Parse(Good, "training.batch=0"));
        Assert.Equal("--set training.batch=0: training.batch is 0, but must be at least 1.", e.Message);
    }

    [Fact]
    public void Heads_must_divide_the_width()
    {
        File.WriteAllText(Path.Combine(_folder, "t.txt"), "hello");
        const string Text = "version: 1\nmodel: { kind: transformer, width: 10, heads: 3 }\ndata: { format: text, path: t.txt }\ntraining: { epochs: 1 }\n";
        Assert.Contains("model.width is 10, which 3 heads do not divide", Assert.Throws<JobException>(() => Parse(Text)).Message);
        Assert.Equal("digits", Parse(Text.Replace("3 }", "5 }", StringComparison.Ordinal)).Name);
    }

    [Fact]
    public void A_missing_file_is_named() =>
        Assert.Contains("/nowhere.yaml", Assert.Throws<JobException>(() => JobFile.Load("/nowhere.yaml", [], "/")).Message);
}
