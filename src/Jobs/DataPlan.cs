using System.Globalization;

namespace Granary.Jobs;

/// <summary>Merges what the shards found into the facts all of them train by.</summary>
public static class DataPlan
{
    /// <summary>Checks that the surveys fit together and the job, and counts what each shard trains on and holds out.</summary>
    /// <param name="job">The job.</param>
    /// <param name="surveys">One per shard, in shard order.</param>
    /// <param name="search">Finds the rows that a message is about; null: the messages name no rows.</param>
    /// <exception cref="JobException">A single class, more shards than examples, a batch above their number, labels in the
    /// validation's source that training does not have, ...</exception>
    public static DataFacts Merge(Job job, IReadOnlyList<ShardSurvey> surveys, LabelSearch? search = null)
    {
        var (data, source) = (job.Data, DataFiles.NameOf(job.Data.Path));
        var rows = surveys.Select(s => s.Rows).ToArray();
        var unit = data.HasWords ? $"pairs of words at most {job.Model.Window} apart"
            : data.IsText ? $"windows of {Plural.Of(job.Model.Context, "token")}" : "rows";
        if (rows.Sum() == 0)
        {
            throw new JobException(data is { Examples: ExampleKind.Windows, Shards: > 1 }
                ? $"data.shards is {data.Shards}, but none of so many parts of {source} has any {unit}: there is nothing to train on. "
                    + "Set a smaller data.shards, or give more text."
                : $"{source}: there is nothing to train on: it has no {unit}.");
        }

        if (rows.Sum() < data.Shards)
        {
            throw new JobException(
                $"data.shards is {data.Shards}, but {source} has {rows.Sum()} {unit}: a shard would be empty. "
                + $"Set data.shards to {rows.Sum()} or less (8 is the default).");
        }

        var vocabulary = data.HasWords ? WordVocabulary.Of(data, surveys) : null;
        var classes = vocabulary?.Words ?? Classes(job, surveys, source, search);
        var held = SplitRule.Of(job) is null ? HeldOut(data, surveys, rows) : new long[rows.Length]; // a rule asks the shards once more
        var training = data.IsHeldOutApart ? rows : [.. rows.Zip(held, (r, h) => r - h)];
        Check(job, data, held, training, unit, source);
        var features = Features(data, surveys, source);
        var tokens = !data.IsText ? classes.Count // none where the target is a number
            : data.Tokens switch { TokenKind.Byte => 256, TokenKind.Bpe => surveys[0].VocabularySize, _ => classes.Count };
        if (surveys.Select(s => s.VocabularyDigest).Distinct().Count() > 1)
        {
            throw new JobException(data.Vocabulary is { } kept
                ? $"data.vocabulary: {kept} has not the same vocabulary for every silo. Give each the same file."
                : $"{Path.GetFileName(data.Vocab)} and {Path.GetFileName(data.Merges)} are not the same for every silo. Give each the same files.");
        }

        if (surveys.Select(s => s.SourceTags).Distinct().Count() > 1)
        {
            throw new JobException(SourceTags.Changed(data));
        }

        if (data.Validation.Threshold is { } threshold && tokens != 2)
        {
            throw new JobException($"data.validation.threshold is {threshold}, but {source} has {Plural.Of(tokens, "class")}: a threshold tells two apart. Take it out.");
        }

        var shape = new InputShape(features, tokens) { IsMultiLabel = data.IsMultiLabel, Image = surveys.Select(s => s.Image).FirstOrDefault(i => i is not null) };
        CheckModel(job, shape);
        return new DataFacts(shape, classes, training, held, null)
        {
            Columns = surveys.First(s => s.Rows > 0).Columns,
            Table = TableEncoding.Unfitted(surveys.First(s => s.Rows > 0)),
            PixelType = surveys.Select(s => s.PixelType).FirstOrDefault(t => t is not null),
            ClassCounts = vocabulary?.Counts ?? [],
            VocabularyDigest = surveys[0].VocabularyDigest,
            InitDigest = surveys.Select(s => s.InitDigest).FirstOrDefault(d => d is not null),
            SourceTags = surveys[0].SourceTags,
            ClassWeights = ClassWeightPlan.Given(job.Training, classes, source),
        };
    }

    private static void Check(Job job, DataSection data, long[] held, long[] training, string unit, string source)
    {
        if (!data.Validation.IsNone && SplitRule.Of(job) is null && held.Sum() == 0)
        {
            throw new JobException(data.Validation.Path is { } path
                ? $"{DataFiles.NameOf(path)}: there is nothing to validate on: it has no {unit}."
                : string.Create(CultureInfo.InvariantCulture, $"data.validation.fraction is {data.Validation.Fraction}, which holds out none of the ")
                    + $"{training.Sum()} {unit} of {source}. Set a greater fraction, or leave it out.");
        }

        if (training.Sum() == 0)
        {
            throw new JobException($"data.validation.fraction leaves nothing of {source} to train on. Set a smaller one.");
        }

        CheckBatch(job, training.Sum(), unit);
    }

    /// <summary>Refuses a batch of more examples than there are.</summary>
    internal static void CheckBatch(Job job, long training, string unit)
    {
        if (job.Training.Batch > training)
        {
            throw new JobException(
                $"training.batch is {job.Training.Batch}, but there {(training == 1 ? "is" : "are")} only {training} {Plural.Noun(training, "training example")} ({unit}). "
                + $"Set training.batch to {training} or less.");
        }
    }

    internal static void CheckModel(Job job, InputShape shape)
    {
        if (job.Training.Train is not null)
        {
            _ = TrainedTensors.Of(job.Training, ModelShape.Of(job.Model, shape));
        }

        if (shape.Embedded is { } embedded && ModelShape.Weights(ModelShape.Of(job.Model, shape)) * (job.Model.Precision == Precision.Float64 ? sizeof(double) : sizeof(float)) is var bytes && bytes > int.MaxValue)
        {
            throw new JobException(string.Create(
                CultureInfo.InvariantCulture,
                $"The model has weights of {Quantity.OfBytes(bytes)}, {embedded.Sum(e => (long)e.Entries * e.Width):#,0} of them in vectors of categories, and a silo holds 2 GB of weights at the most. ")
                + "Set a smaller embedding, a greater minCount, or fewer buckets in data.columns.");
        }

        if (job.Training.Optimizer.Traits().MostWeights is { } most && ModelShape.Weights(ModelShape.Of(job.Model, shape)) is var weights && weights > most)
        {
            throw new JobException(string.Create(
                CultureInfo.InvariantCulture,
                $"The model has {weights:#,0} weights, but {job.Training.Optimizer.KindName()}, whose history every silo holds whole, takes {most:#,0} at the most. ")
                + "Choose another training.optimizer.kind.");
        }
    }

    private static IReadOnlyList<string> Classes(Job job, IReadOnlyList<ShardSurvey> surveys, string source, LabelSearch? search)
    {
        var found = surveys.SelectMany(s => s.Classes).ToHashSet();
        if (job.Data.IsText)
        {
            if (surveys.Select(s => s.KeptVocabulary).FirstOrDefault(k => k is not null) is { } kept)
            {
                return kept; // the reader of the text has refused tokens that are not in it
            }

            // A validation text may have characters that training never saw: the vocabulary must hold them.
            found.UnionWith(surveys.SelectMany(s => s.ValidationClasses));
            if (found.Count == 1)
            {
                throw new JobException($"{source}: every character is '{found.First()}': there is nothing to predict.");
            }

            return [.. found.OrderBy(c => c.EnumerateRunes().First().Value)];
        }

        if (job.Data.HasNumbers)
        {
            TargetPlan.Check(job, surveys, source);
            return [];
        }

        if (job.Data.IsMultiLabel)
        {
            return Labels(job.Data, surveys, source);
        }

        var classes = ClassNames.Of(found);
        var index = new LabelIndex(classes.Names);
        if (surveys.SelectMany(s => s.ValidationClasses).Distinct().Where(c => index.Find(c) is null).ToArray() is { Length: > 0 } unknown)
        {
            var held = DataFiles.NameOf(job.Data.Validation.Labels ?? job.Data.Validation.Path ?? "");
            throw new JobException(UnknownLabels.Refusal(held, search?.Invoke(true, label => index.Find(label) is null), unknown, classes, source));
        }

        if (classes.Names.Count < 2)
        {
            throw new JobException($"{source}: every label is '{classes.Names[0]}'. A classifier needs at least two classes.");
        }

        RefuseNotFinite(classes, source, search);
        RefuseContinuous(job, classes, surveys.Sum(s => s.Rows), source);
        return ModelKinds.Of(job.Model).Classes is { } number && classes.Names.Count != number
            ? throw new JobException(
                $"{source}: model.kind is {job.Model.Kind}, which tells {(number == 2 ? "two" : number)} classes apart, but there are {classes.Names.Count}. Use {OfAnyNumber()}.")
            : classes.Names;
    }

    private static IReadOnlyList<string> Labels(DataSection data, IReadOnlyList<ShardSurvey> surveys, string source)
    {
        var (labels, rows) = (data.LabelColumns!, surveys.Sum(s => s.Rows));
        for (var k = 0; k < labels.Count; k++)
        {
            var count = surveys.Sum(s => s.LabelCounts![k]);
            if (count == 0 || count == rows)
            {
                throw new JobException($"{source}: the label '{labels[k]}' is {(count == 0 ? 0 : 1)} in every row: there is nothing to learn. Take it out of data.labelColumns, and name it in data.ignore.");
            }
        }

        return labels;
    }

    private static string OfAnyNumber() =>
        KeyWords.List([.. ModelKinds.BuiltIn.Where(d => d is { Examples: ExampleKind.Rows, Classes: null }).Select(d => d.Kind)], "or");

    private static string LearnNumbers() => KeyWords.List([.. ModelKinds.ForNumbers], "or");

    // What is no finite number, among numbers, is no class of its own.
    private static void RefuseNotFinite(ClassNames classes, string source, LabelSearch? search)
    {
        var odd = classes.Numbers is null ? classes.Names.Where(c => LabelNumber.Parse(c) is null).ToArray() : [];
        if (odd.Length > 0 && odd.Length < classes.Names.Count && odd.All(IsNotFinite))
        {
            var rows = search?.Invoke(false, odd.Contains);
            throw new JobException($"{rows?.First ?? source}: {rows?.Have ?? "some rows have"} a label that is no finite number ('{rows?.Label ?? odd[0]}'), but the others are numbers. "
                + $"Leave {rows?.These ?? "these rows"} out, or give {(rows?.These == "this row" ? "it" : "each")} another label.");
        }
    }

    private static bool IsNotFinite(string label) => label.TrimStart('+', '-').ToUpperInvariant() is "NAN" or "INF" or "INFINITY" or "∞";

    private static void RefuseContinuous(Job job, ClassNames classes, long rows, string source)
    {
        if (job.Data.Target == LabelTarget.Classes || TargetRule.Of(classes, rows) != TargetKind.Continuous)
        {
            return;
        }

        var label = job.Data.Label is { } name ? $"the label '{name}' has" : "the labels have";
        throw new JobException($"{source}: {label} {TargetRule.Describe(classes, rows)}: {(classes.Numbers is null ? "names of rows" : "a quantity")}, not classes, "
            + $"and {job.Model.Kind} would make each of them a class of its own. "
            + (classes.Numbers is null ? "Choose another data.label" : $"To predict the quantity itself, set data.target to number and model.kind to {LearnNumbers()}; or put the values into a few ranges (low, middle, high)")
            + ". If they are classes all the same, set data.target to classes.");
    }

    // Shards without examples are not counted. The length of sparse rows is not stored: the greatest index gives it.
    private static int Features(DataSection data, IReadOnlyList<ShardSurvey> surveys, string source)
    {
        if (FormatKinds.Of(data.Format).HasIndices)
        {
            surveys = [.. surveys.Select(s => s with { Features = surveys.Max(other => other.Features) })];
        }

        var shards = surveys.Where(s => s.Rows > 0).ToArray();
        if (shards.FirstOrDefault(s => s.Features != shards[0].Features) is { } other)
        {
            throw new JobException($"{source}: examples of shard {shards[0].Shard} have {Plural.Of(shards[0].Features, "feature")}, "
                + $"those of shard {other.Shard} have {other.Features}. Every example needs the same.");
        }

        return shards[0].Features > 0 || data.IsText
            ? shards[0].Features
            : throw new JobException($"{source}: the examples have a label but no features: there is nothing to learn from.");
    }

    // Shard v holds out floor(f R(v + 1)) - floor(f R(v)) of its rows, R(v) being the rows before it: the total is right to
    // the row, however the rows are spread.
    private static long[] HeldOut(DataSection data, IReadOnlyList<ShardSurvey> surveys, long[] rows)
    {
        if (data.IsHeldOutApart)
        {
            return [.. surveys.Select(s => s.ValidationRows)];
        }

        var fraction = (decimal)data.Validation.Fraction;
        var held = new long[rows.Length];
        long before = 0;
        for (var v = 0; v < rows.Length; v++)
        {
            held[v] = (long)(decimal.Floor(fraction * (before + rows[v])) - decimal.Floor(fraction * before));
            before += rows[v];
        }

        return held;
    }
}
