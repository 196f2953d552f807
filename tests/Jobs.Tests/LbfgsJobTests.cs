namespace Granary.Jobs.Tests;

/// <summary>Jobs whose optimiser is L-BFGS: all examples in every step, and nothing that a line search does without.</summary>
public sealed class LbfgsJobTests : IDisposable
{
    private const string Text = """
        version: 1
        model:
          kind: softmax
        data:
          format: csv
          path: d.csv
          label: label
        training:
          epochs: 200
          optimizer: { kind: lbfgs, weightDecay: 0.01 }
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("granary-test-").FullName;

    public LbfgsJobTests() => File.WriteAllText(Path.Combine(_folder, "d.csv"), "");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private Job Parse(string text, params string[] overrides) => JobFile.Parse(text, "d.yaml", _folder, overrides, _folder);

    [Theory]
    [InlineData(Text)]
    [InlineData(Text + "\n  batch: all")]
    public void Every_step_takes_all_examples(string text)
    {
        var job = Parse(text);
        Assert.Equal((TrainingSection.AllExamples, 10, 1e-5), (job.Training.Batch, job.Training.Optimizer.Memory, job.Training.Optimizer.Tolerance));
        var batches = new BatchPlan([7, 0, 13], job.Training.Batch, job.Training.Epochs);
        Assert.Equal((1, 200), (batches.StepsPerEpoch, batches.Steps));
        Assert.Equal([(0, 7), (0, 0), (0, 13)], Enumerable.Range(0, 3).Select(v => batches.Rows(5, v)));
        Assert.Equal(TrainingSection.AllExamples, Parse(Text.Replace("kind: lbfgs", "kind: sgd") + "\n  batch: all").Training.Batch);
        Assert.Equal(64, Parse(Text.Replace("kind: lbfgs", "kind: sgd")).Training.Batch);
    }

    [Theory]
    [InlineData("training.batch=10", "training.batch is 10, but lbfgs takes all examples in every step: set it to all, or take it out.")]
    [InlineData("training.batch=many", "training.batch is 'many', which is not a whole number.")]
    [InlineData("training.schedule.kind=cosine", "training.schedule has no meaning for lbfgs, whose line search finds the length of each step: take it out.")]
    [InlineData("training.clipNorm=1", "training.clipNorm has no meaning for lbfgs, whose line search finds the length of each step: take it out.")]
    [InlineData("training.optimizer.learningRate=1", "training.optimizer.learningRate has no meaning for lbfgs: take it out, or choose another kind.")]
    [InlineData("training.optimizer.beta1=0.5", "training.optimizer.beta1 has no meaning for lbfgs")]
    [InlineData("training.optimizer.memory=31", "training.optimizer.memory is 31, but must be at most 30.")]
    [InlineData("training.optimizer.tolerance=-1", "training.optimizer.tolerance is -1, but must be 0 or more.")]
    public void What_does_not_apply_is_refused(string set, string message)
    {
        var e = Assert.Throws<JobException>(() => Parse(Text, set));
        Assert.StartsWith($"--set {set}: {message}", e.Message);
    }

    [Theory]
    [InlineData("kind: sgd", "training.optimizer.memory=5", "training.optimizer.memory has no meaning for sgd")]
    [InlineData("kind: sgd", "training.batch=0", "training.batch is 0, but must be at least 1.")]
    public void Other_kinds_are_as_they_were(string kind, string set, string message) =>
        Assert.StartsWith($"--set {set}: {message}", Assert.Throws<JobException>(() => Parse(Text.Replace("kind: lbfgs", kind), set)).Message);

    [Theory]
    [InlineData("kind: transformer\n  dropout: 0.1", "tokens: char", "model.dropout is drawn anew in every pass, but lbfgs compares passes with each other")]
    [InlineData("kind: skip-gram\n  negatives: 5", "tokens: word", "model.negatives is drawn anew in every pass, but lbfgs compares passes with each other")]
    public void An_objective_that_is_drawn_is_refused(string model, string tokens, string message)
    {
        var text = Text.Replace("kind: softmax", model).Replace("format: csv", "format: text").Replace("label: label", tokens);
        Assert.StartsWith($"d.yaml:4: {message}", Assert.Throws<JobException>(() => Parse(text)).Message);
        Parse(text.Replace("0.1", "0").Replace("negatives: 5", "negatives: 0"));
    }

    [Fact]
    public void A_model_whose_history_would_be_too_large_is_refused()
    {
        var job = Parse(Text);
        ShardSurvey[] Survey(int features) => [.. Enumerable.Range(0, 8).Select(v => new ShardSurvey(v, 10, 0, features, ["a", "b"], []))];
        DataPlan.Merge(job, Survey((1 << 19) - 1)); // two rows of weights and a bias each
        var e = Assert.Throws<JobException>(() => DataPlan.Merge(job, Survey(1 << 19)));
        Assert.StartsWith("The model has 1,048,578 weights, but lbfgs, whose history every silo holds whole, takes 1,048,576 at the most.", e.Message);
    }
}
