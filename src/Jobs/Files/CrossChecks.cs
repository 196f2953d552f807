namespace Granary.Jobs;

/// <summary>Rules that tie values of different keys together. Which keys a kind has at all is declared with the keys.</summary>
internal static class CrossChecks
{
    public static void Check(Job job, YamlMap file)
    {
        var (model, data, training) = (file.Map("model"), file.Map("data"), file.Map("training"));
        ValidationChecks.Check(job.Data, data);
        if (job.Data.Label is { } label && job.Data.Ignore.Contains(label))
        {
            throw data.Error("ignore", $"data.ignore names '{label}', which is the label (data.label).");
        }

        if (job.Output.Tensorboard && StoredPath.Is(job.Output.Path))
        {
            throw file.Map("output").Error("tensorboard", "output.tensorboard writes to a file while the job trains, and a file of a store is written once: leave it out, or name a folder in output.path.");
        }

        CheckLabels(job.Data, data);
        CheckWeight(job.Data, data);
        CheckColumns(job.Data, data);
        var kind = ModelKinds.Of(job.Model);
        var reads = kind.Examples != ExampleKind.Rows;
        var isKnown = ModelKinds.IsKnown(kind.Kind); // of another one nobody here knows what it learns from: the silo's own check does
        if (isKnown && reads != job.Data.IsText)
        {
            throw data.Error("format", reads
                ? $"model.kind is {kind.Kind}, which learns from text: set data.format to {KeyWords.List(Formats(labelled: false), "or")}."
                : $"data.format is {job.Data.Format}, which {ThatTake(ExampleKind.Windows, ExampleKind.Pairs)} learn from: {kind.Kind} needs {KeyWords.List(Formats(labelled: true), "or")}.");
        }

        foreach (var (key, asked) in new[] { ("earlyStopping", job.Training.EarlyStopping is not null), ("keep", job.Training.Keep == KeptModel.Best), ("evaluation", job.Training.Evaluation is not null) })
        {
            if (asked && job.Data.Validation.IsNone)
            {
                throw training.Error(key, $"training.{key} goes by held-out examples, but none are held out: set data.validation.fraction, or data.validation.path.");
            }
        }

        if (job.Training.Steps > 0 && job.Training.Schedule.Kind == ScheduleKind.Step && !training.Map("schedule").Has("every"))
        {
            throw training.Map("schedule").Error("every", "training.schedule.every is missing: in a job of training.steps it counts steps, and has no default.");
        }

        if (isKnown && kind.Examples != job.Data.Examples)
        {
            throw data.Error("tokens", kind.Examples == ExampleKind.Pairs
                ? $"data.tokens is {Kebab.Name(job.Data.Tokens)}, but a {kind.Kind} learns from words: set data.tokens to word or whitespace."
                : $"data.tokens is {Kebab.Name(job.Data.Tokens)}, which {ThatTake(ExampleKind.Pairs)} learns from: a {kind.Kind} needs char, byte or bpe.");
        }

        if (FormatKinds.Of(job.Data.Format).Broken(job.Data) is var (at, wrong))
        {
            throw data.Error(at, wrong);
        }

        if (isKnown && !kind.TakesEmbeddings && job.Data.Columns?.Named.FirstOrDefault(c => c.Value.Embedding is not null) is { Key: { } embedded })
        {
            throw data.Map("columns").Map(embedded).Error("embedding", $"data.columns.{embedded}.embedding has no meaning for {kind.Kind}, which has no layer above the features that could learn vectors: "
                + $"leave it out for a feature of each category (buckets for many of them), or set model.kind to {KeyWords.List([.. ModelKinds.BuiltIn.Where(d => d.TakesEmbeddings).Select(d => d.Kind)], "or")}.");
        }

        CheckTarget(job, kind, model, data);
        CheckThreshold(job, data.Map("validation"));
        CheckKept(job.Data, data);
        if (kind.Broken(job.Model) is var (place, broken))
        {
            throw model.Error(place, broken);
        }
    }

    private static void CheckLabels(DataSection section, YamlMap data)
    {
        if (!section.IsMultiLabel)
        {
            return;
        }

        if (!FormatKinds.Of(section.Format).Takes("label"))
        {
            throw data.Error("target", $"data.target is labels, but {section.Format} has no columns for them: that needs {KeyWords.List([.. FormatKinds.BuiltIn.Where(f => f.Takes("label")).Select(f => f.Format)], "or")}.");
        }

        if (section.LabelColumns is not { Count: > 1 } labels)
        {
            throw data.Error("labelColumns", $"data.target is labels, which needs two columns or more, but data.labelColumns {(section.LabelColumns is [var one] ? $"has '{one}' alone: for one label set data.label, and take data.target out" : "is missing: name a column for each label")}.");
        }

        foreach (var (key, also) in new (string, IEnumerable<string>)[] { ("ignore", section.Ignore), ("columns", section.Columns?.Named.Keys ?? []) })
        {
            if (also.FirstOrDefault(name => labels.Contains(name)) is { } twice)
            {
                throw data.Error("labelColumns", $"data.labelColumns and data.{key} both name '{twice}': take it out of one of the two.");
            }
        }
    }

    private static void CheckWeight(DataSection section, YamlMap data)
    {
        if (section.Weight is not { } weight)
        {
            return;
        }

        var other = weight == section.Label ? "the label (data.label)"
            : section.LabelColumns?.Contains(weight) == true ? "a label (data.labelColumns)"
            : section.Ignore.Contains(weight) ? "ignored (data.ignore)"
            : section.Columns?.Named.ContainsKey(weight) == true ? "described as a feature (data.columns)" : null;
        if (other is not null)
        {
            throw data.Error("weight", $"data.weight is '{weight}', which is {other}, too: a column is one of the two.");
        }
    }

    private static void CheckColumns(DataSection section, YamlMap data)
    {
        foreach (var name in section.Columns?.Named.Keys ?? [])
        {
            if (name == section.Label)
            {
                throw data.Map("columns").Error(name, $"data.columns names '{name}', which is the label (data.label): data.target says what that is.");
            }

            if (section.Ignore.Contains(name))
            {
                throw data.Map("columns").Error(name, $"data.columns and data.ignore both name '{name}': take it out of one of the two.");
            }
        }
    }

    // "a transformer and a skip-gram"
    private static string ThatTake(params ExampleKind[] examples) =>
        KeyWords.List([.. ModelKinds.BuiltIn.Where(d => examples.Contains(d.Examples)).Select(d => $"a {d.Kind}")]);

    private static string[] Formats(bool labelled) => [.. FormatKinds.BuiltIn.Where(d => d.HasLabels == labelled).Select(d => d.Format)];

    // A model learns classes or a number, and the label must be what it learns.
    private static void CheckTarget(Job job, ModelDescription kind, YamlMap model, YamlMap data)
    {
        var (learns, loss) = (kind.Learns(job.Model), Kebab.Name(job.Model.Loss));
        var byLoss = model.Has("loss") && kind.Keys.Contains("loss");
        if (learns == LearnedTarget.Number && !job.Data.HasNumbers)
        {
            throw data.Error("target", $"{(byLoss ? $"model.loss is {loss}" : $"model.kind is {kind.Kind}")}, which learns a number: set data.target to number, "
                + $"or choose {(byLoss ? "cross-entropy" : "another model.kind")} for classes.");
        }

        if (job.Data.IsMultiLabel && learns != LearnedTarget.Number && !kind.LearnsLabels(job.Model))
        {
            string[] kinds = [.. ModelKinds.BuiltIn.Where(d => d.LearnsLabels(new ModelSection { Kind = d.Kind })).Select(d => d.Kind)];
            throw data.Error("target", byLoss && kinds.Contains(kind.Kind)
                ? $"data.target is labels, but model.loss is {loss}, which is not for labels: take model.loss out, or data.target."
                : $"data.target is labels, but model.kind is {kind.Kind}, which gives each row one class: set model.kind to {KeyWords.List(kinds, "or")}, or take data.target out.");
        }

        if (learns == LearnedTarget.Class && job.Data.HasNumbers)
        {
            throw data.Error("target", byLoss
                ? $"data.target is number, but model.loss is {loss}, which tells classes apart: set model.loss to {KeyWords.List(NumberLosses, "or")}, or take data.target out."
                : $"data.target is number, but model.kind is {kind.Kind}, which tells classes apart: set model.kind to {KeyWords.List([.. ModelKinds.ForNumbers], "or")}, or take data.target out.");
        }
    }

    private static void CheckThreshold(Job job, YamlMap validation)
    {
        if (job.Data.Validation is not { Threshold: { } threshold } held)
        {
            return;
        }

        var name = $"data.validation.threshold is {threshold}";
        if (job.Model.Loss != Loss.CrossEntropy)
        {
            throw validation.Error("threshold", $"{name}, but model.loss is {Kebab.Name(job.Model.Loss)}: a threshold is for the probability of a class. Take it out.");
        }

        if (held.IsNone)
        {
            throw validation.Error("threshold", $"{name}, which goes by held-out examples, but none are held out: set data.validation.fraction, or data.validation.path.");
        }
    }

    private static string[] NumberLosses => [.. Enum.GetValues<Loss>().Where(l => l != Loss.CrossEntropy).Select(Kebab.Name)];

    private static void CheckKept(DataSection section, YamlMap data)
    {
        if (section.Vocabulary is not null && data.Has("minCount"))
        {
            throw data.Error("minCount", "data.minCount has no meaning beside data.vocabulary: the words are those of the model. Leave one of the two out.");
        }
    }
}
