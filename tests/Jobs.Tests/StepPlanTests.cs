using CsCheck;

namespace Granary.Jobs.Tests;

/// <summary>Jobs that are measured in steps: rounds, rates, places for windows, and how much is evaluated.</summary>
public sealed class StepPlanTests : IDisposable
{
    private const string Good = """
        version: 1
        model: { kind: transformer, context: 8 }
        data: { format: text, path: t.txt, windows: random, validation: { fraction: 0.1, from: end } }
        training:
          steps: 100
          evaluation: { every: 30, batches: 4 }
          microBatch: 2
          train: ["blocks.*", "unembedding.?eight"]
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("granary-test-").FullName;

    public StepPlanTests() => File.WriteAllText(Path.Combine(_folder, "t.txt"), "grain");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private Job Parse(string text, params string[] overrides) => JobFile.Parse(text, "steps.yaml", _folder, overrides, _folder);

    [Fact]
    public void Everything_is_read_and_written()
    {
        var job = Parse(Good);
        Assert.Equal((0, 100, 2), (job.Training.Epochs, job.Training.Steps, job.Training.MicroBatch));
        Assert.Equal(new EvaluationSection { Every = 30, Batches = 4 }, job.Training.Evaluation);
        Assert.Equal((TextWindows.Random, HeldOutPlace.End), (job.Data.Windows, job.Data.Validation.From));
        Assert.Equal(job, Parse(JobFile.Write(job)));
        Assert.Equal(["blocks.*", "unembedding.?eight"], job.Training.Train!.Patterns);
    }

    [Theory]
    [InlineData("steps: 100", "steps: 100\n  epochs: 2", "steps.yaml:5: training.steps stands beside training.epochs, but a job has one of them: take one out, on the command line by --set training.epochs=null.")]
    [InlineData("steps: 100", "batch: 3", "training.epochs is missing: give training.epochs or training.steps.")]
    [InlineData("steps: 100", "steps: 0", "steps.yaml:5: training.steps is 0, but must be at least 1.")]
    [InlineData("every: 30", "every: 0", "steps.yaml:6: training.evaluation.every is 0, but must be at least 1.")]
    [InlineData("batches: 4", "batches: some", "training.evaluation.batches is 'some', which is not a whole number.")]
    [InlineData("microBatch: 2", "microBatch: 0", "steps.yaml:7: training.microBatch is 0, but must be at least 1.")]
    [InlineData("train: [", "train: [\"\", ", "steps.yaml:8: training.train holds an empty pattern")]
    [InlineData("fraction: 0.1, from: end", "fraction: 0", "training.evaluation goes by held-out examples, but none are held out")]
    [InlineData("fraction: 0.1, from: end", "path: t.txt, from: end", "steps.yaml:3: data.validation.from is end, but no fraction is held out")]
    [InlineData("from: end", "from: start", "data.validation.from is 'start', but must be one of anywhere, end.")]
    [InlineData("windows: random", "windows: any", "data.windows is 'any', but must be one of tiled, random.")]
    [InlineData("steps: 100", "steps: 100\n  schedule: { kind: step }", "training.schedule.every is missing: in a job of training.steps it counts steps, and has no default.")]
    [InlineData("steps: 100", "steps: 100\n  optimizer: { kind: lbfgs }", "steps.yaml:3: data.windows is random, but lbfgs compares passes over the same examples with each other: set it to tiled")]
    public void What_is_wrong_is_told_once(string old, string now, string message) =>
        Assert.Contains(message, Assert.Throws<JobException>(() => Parse(Good.Replace(old, now, StringComparison.Ordinal))).Message);

    [Fact]
    public void Windows_are_those_of_text_alone()
    {
        const string Words = "version: 1\nmodel: { kind: skip-gram }\ndata: { format: text, path: t.txt, tokens: word, windows: random }\ntraining: { steps: 9 }\n";
        Assert.Contains("data.windows belongs to windows of text", Assert.Throws<JobException>(() => Parse(Words)).Message);
        const string Groups = "version: 1\nmodel: { kind: transformer }\ndata: { format: text, path: t.txt, validation: { fraction: 0.1, group: a } }\ntraining: { steps: 9 }\n";
        Assert.Contains("data.validation.group has no meaning for text", Assert.Throws<JobException>(() => Parse(Groups)).Message);
    }

    [Theory]
    [InlineData("training.steps=200", null)]
    [InlineData("training.steps=90", "training.steps is 90, but the run was to have 100 already: set more")]
    [InlineData("training={epochs: 3, microBatch: 2, train: [\"blocks.*\", \"unembedding.?eight\"], evaluation: {every: 30, batches: 4}}", "training.epochs is given here, but the run's length is training.steps: give training.steps")]
    [InlineData("training.evaluation.every=31", "the job is another one than the run's: training.evaluation.every is 31 here, 30 there")]
    [InlineData("training.microBatch=3", "the job is another one than the run's: training.microBatch is 3 here, 2 there")]
    public void A_job_by_steps_may_only_become_longer(string change, string? refusal)
    {
        var found = Continuation.Refusal(Parse(Good), Parse(Good, change));
        Assert.Equal(refusal is null, found is null);
        Assert.Contains(refusal ?? "", found ?? "", StringComparison.Ordinal);
    }

    [Fact]
    public void A_whole_run_by_steps_has_nothing_left_and_says_what_to_set() => Assert.Equal(
        "the run has all of its 100 steps: set more, such as --set training.steps=200",
        Continuation.NothingLeft(Parse(Good), Parse(Good), new RunEnd(Completed: true, StoppedEarly: false, 100)));

    [Theory]
    [InlineData(100, 30, new long[] { 30, 60, 90, 100 })]
    [InlineData(90, 30, new long[] { 30, 60, 90 })]
    [InlineData(7, 0, new long[] { 5, 7 })] // an epoch has five steps
    [InlineData(3, 0, new long[] { 3 })]
    [InlineData(2, 9, new long[] { 2 })]
    public void Rounds_end_every_so_many_steps_and_with_the_last(int steps, int every, long[] ends)
    {
        var plan = new BatchPlan([20, 5], 5, 0, steps, every);
        Assert.Equal(ends, Enumerable.Range(0, steps).Where(s => plan.EndsRound(s)).Select(s => s + 1L));
        Assert.Equal(ends.Length, plan.Rounds);
        Assert.Equal(ends, Enumerable.Range(1, ends.Length).Select(r => plan.EndOfRounds(r)));
        for (var taken = 0; taken <= steps; taken++)
        {
            Assert.Equal(ends.Count(e => e <= taken), plan.RoundsBy(taken));
        }
    }

    [Fact]
    public void Places_for_windows_fill_whole_batches_and_follow_the_shards_sizes() => Gen.Select(Gen.Long[0, 99].Array[1, 9], Gen.Int[1, 40]).Sample((windows, batch) =>
    {
        if (windows.Sum() == 0)
        {
            return;
        }

        var rows = WindowDraw.Rows(windows, batch);
        Assert.Equal((windows.Sum() + batch - 1) / batch * batch, rows.Sum());
        for (var v = 0; v < windows.Length; v++)
        {
            Assert.InRange(rows[v] - ((double)windows[v] * rows.Sum() / windows.Sum()), -1, 1);
            Assert.True(windows[v] > 0 || rows[v] == 0);
        }

        var plan = new BatchPlan(rows, batch, 1);
        Assert.All(Enumerable.Range(0, (int)plan.StepsPerEpoch), s => Assert.Equal(batch, plan.ExamplesOf(s)));
    });

    [Fact]
    public void Evaluations_take_the_batches_they_are_asked_for_spread_evenly() => Gen.Select(Gen.Long[0, 99].Array[1, 9], Gen.Int[1, 9], Gen.Int[0, 20]).Sample((held, batch, batches) =>
    {
        var training = new TrainingSection { Steps = 9, Batch = batch, Evaluation = new EvaluationSection { Batches = batches } };
        var rows = EvaluationPlan.Rows(training, held);
        Assert.Equal(batches == 0 ? held.Sum() : Math.Min(held.Sum(), batch * batches), rows.Sum());
        for (var v = 0; v < held.Length; v++)
        {
            Assert.InRange(rows[v], 0, held[v]);
            int[] taken = [.. Enumerable.Range(0, (int)rows[v]).Select(i => EvaluationPlan.At(i, (int)rows[v], (int)held[v]))];
            Assert.Equal(taken.Distinct().Order(), taken);
            Assert.All(taken, t => Assert.InRange(t, 0, held[v] - 1));
            Assert.All(taken.Zip(taken.Skip(1)), pair => Assert.InRange(pair.Second - pair.First, held[v] / rows[v], (held[v] / rows[v]) + 1));
        }
    });

    // As nanoGPT's get_lr, but for its first step, which is 1 / warm-up here and not 1 / (warm-up + 1).
    [Fact]
    public void The_rate_of_a_job_by_steps_depends_on_steps_alone()
    {
        var training = new TrainingSection
        {
            Steps = 2000,
            Optimizer = new() { LearningRate = 1e-3 },
            Schedule = new() { Kind = ScheduleKind.Cosine, Warmup = 100, Floor = 0.1 },
        };
        foreach (var step in new[] { 0, 50, 99, 100, 101, 1000, 1999 })
        {
            var expected = step < 100 ? 1e-3 * (step + 1) / 100 : 1e-4 + (0.5 * (1 + Math.Cos(Math.PI * (step - 100) / 1899)) * 9e-4);
            Assert.Equal(expected, LearningRate.At(training, step, 7), 15);
            Assert.Equal(expected, LearningRate.At(training, step, 12_345), 15);
        }

        Assert.Equal(1e-4, LearningRate.At(training, 1999, 7), 15);
        var falls = training with { Schedule = new() { Kind = ScheduleKind.Step, Every = 10, Gamma = 0.5 } };
        Assert.Equal([1e-3, 1e-3, 5e-4, 5e-4, 2.5e-4], new[] { 0, 9, 10, 19, 20 }.Select(s => LearningRate.At(falls, s, 7)));
    }

    [Theory]
    [InlineData("*", "a.b", true)]
    [InlineData("blocks.*.weight", "blocks.0.mlp.up.weight", true)]
    [InlineData("blocks.*.weight", "blocks.0.mlp.up.bias", false)]
    [InlineData("blocks.?.norm1.*", "blocks.12.norm1.bias", false)]
    [InlineData("*norm*", "norm.weight", true)]
    [InlineData("norm", "norm.weight", false)]
    [InlineData("*.bias*", "blocks.0.bias", true)]
    [InlineData("a*b*a", "abba", true)]
    [InlineData("a*b*a", "abb", false)]
    public void Patterns_fit_whole_names(string pattern, string name, bool fits) => Assert.Equal(fits, TrainedTensors.Fits(pattern, name));

    [Fact]
    public void A_pattern_that_fits_nothing_is_told_with_the_names_there_are()
    {
        var shape = ModelShape.Of(new ModelSection { Kind = "softmax" }, new InputShape(3, 4));
        TrainingSection Train(params string[] patterns) => new() { Steps = 1, Train = new TrainedTensors { Patterns = patterns } };
        Assert.Equal([false, true], TrainedTensors.Of(Train("b*"), shape));
        Assert.Equal([true, true], TrainedTensors.Of(new TrainingSection { Steps = 1 }, shape));
        Assert.StartsWith(
            "training.train: no tensor of the model has a name like 'layers.*'. The names are weight, bias. ",
            Assert.Throws<JobException>(() => TrainedTensors.Of(Train("weight", "layers.*"), shape)).Message);
    }
}
