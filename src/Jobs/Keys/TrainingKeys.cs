namespace Granary.Jobs;

/// <summary>The job file's <c>training</c> section.</summary>
internal static class TrainingKeys
{
    /// <summary>Its keys.</summary>
    public static JobSection Section(Lens<TrainingSection> training)
    {
        var stepped = Kinds.Batches with
        {
            Refusal = (key, _) => $"{key} has no meaning for lbfgs, whose line search finds the length of each step: take it out.",
        };
        return training.Section(
            "how it is trained",
            training.Key("epochs", t => t.Epochs, (t, v) => t with { Epochs = v }, new WholeNumber(1, 1 << 24),
                "passes over the training data; lbfgs: the greatest number of steps; this or `steps`")
                .DefaultIs("this or `steps` is required").Written(j => j.Training.Steps == 0),
            training.Key("steps", t => t.Steps, (t, v) => t with { Steps = v, Epochs = 0 }, new WholeNumber(1, 1 << 30), "steps of the whole job; this or `epochs`")
                .DefaultIs("this or `epochs` is required").Written(j => j.Training.Steps > 0),
            training.Key("batch", t => t.Batch, (t, v) => t with { Batch = v }, new BatchSize(), "examples per step over all shards")
                .DefaultFor(Kinds.LineSearch, TrainingSection.AllExamples)
                .Only(Kinds.LineSearch, TrainingSection.AllExamples, "is {0}, but lbfgs takes all examples in every step: set it to all, or take it out."),
            training.Key("microBatch", t => t.MicroBatch, (t, v) => t with { MicroBatch = v }, new OrNothing<int>(new WholeNumber(1)),
                "the most examples of a shard that go through the network at once; a greater part of a batch is added up from several passes, with the same mean")
                .DefaultIs("all of a shard's part of a batch"),
            training.Key("seed", t => t.Seed, (t, v) => t with { Seed = v }, new AnyWholeNumber(), "decides initial weights, permutations, windows and the held-out part"),
            training.Key("train", t => t.Train, (t, v) => t with { Train = v }, new TensorPatterns(),
                "names of the tensors that are trained; all others keep their bits. `*` stands for any characters, `?` for one")
                .DefaultIs("all"),
            OptimizerKeys.Section(training.Inner("optimizer", t => t.Optimizer, (t, o) => t with { Optimizer = o })),
            ScheduleKeys.Section(training.Inner("schedule", t => t.Schedule, (t, s) => t with { Schedule = s })) with { Belongs = stepped },
            training.Key("clipNorm", t => t.ClipNorm, (t, v) => t with { ClipNorm = v }, RealNumber.ZeroOrMore("off"), "greatest norm of the averaged gradient; 0: off")
                .For(stepped),
            EvaluationKeys.Section(training.Inner("evaluation", t => t.Evaluation ?? new EvaluationSection(), (t, e) => t with { Evaluation = e }))
                .When(j => j.Training.Evaluation is not null),
            CheckpointKeys.Section(training.Inner("checkpoint", t => t.Checkpoint, (t, c) => t with { Checkpoint = c })),
            EarlyStoppingKeys.Section(training.Inner("earlyStopping", t => t.EarlyStopping ?? new EarlyStoppingSection { Patience = 1 }, (t, s) => t with { EarlyStopping = s }))
                .When(j => j.Training.EarlyStopping is not null),
            training.Key("keep", t => t.Keep, (t, v) => t with { Keep = v }, new Choice<KeptModel>(), "which version is published; best needs held-out examples"),
            training.Key("classWeights", t => t.ClassWeights, (t, v) => t with { ClassWeights = v }, new WeightsByClass(), "what an example weighs by its class, see below")
                .For(Kinds.Labelled.And(Kinds.Target.AllBut(LabelTarget.Number, LabelTarget.Labels), NoClasses, "not text, not target: number, labels")).DefaultIs("every example weighs 1"))
            .WithOneOf("epochs", "steps");
    }

    private static string NoClasses(string key, Job job) => job.Data.HasNumbers
        ? $"{key} has no meaning where data.target is number: there are no classes. Take it out."
        : job.Data.IsMultiLabel ? $"{key} has no meaning where data.target is labels: a row may have several. Take it out, or weigh rows by data.weight."
        : $"{key} has no meaning for text: its examples have no class.";
}
