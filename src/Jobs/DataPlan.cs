using System.Globalization;

namespace Granary.Jobs;

/// <summary>Merges what the shards found into the facts all of them train by.</summary>
public static class DataPlan
{
    /// <summary>Checks that the surveys fit together and the job, and counts what each shard trains on and holds out.</summary>
    /// <param name="job">The job.</param>
    /// <param name="surveys">One per shard, in shard order.</param>
    /// <exception cref="JobException">A single class, more shards than examples, a batch above their number, labels in the
    /// validation's source that training does not have, ...</exception>
    public static DataFacts Merge(Job job, IReadOnlyList<ShardSurvey> surveys)
    {
        var (data, source) = (job.Data, Path.GetFileName(job.Data.Path));
        var rows = surveys.Select(s => s.Rows).ToArray();
        var unit = data.HasWords ? $"pairs of words at most {job.Model.Window} apart"
            : data.Format == DataFormat.Text ? $"windows of {job.Model.Context} tokens" : "rows";
        if (rows.Sum() == 0)
        {
            throw new JobException(data is { Format: DataFormat.Text, HasWords: false, Shards: > 1 }
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
        var classes = vocabulary?.Words ?? Classes(job, surveys, source);
        var held = HeldOut(data, surveys, rows);
        var training = data.Validation.Path is null ? [.. rows.Zip(held, (r, h) => r - h)] : rows;
        Check(job, data, held, training, unit, source);
        var features = Features(data, surveys, source);
        var tokens = data.Format == DataFormat.Text && data.Tokens == TokenKind.Byte ? 256 : classes.Count;
        return new DataFacts(new InputShape(features, tokens), classes, training, held, null)
        {
            Columns = surveys.First(s => s.Rows > 0).Columns,
            ClassCounts = vocabulary?.Counts ?? [],
            InitDigest = surveys.Select(s => s.InitDigest).FirstOrDefault(d => d is not null),
            ClassWeights = ClassWeightPlan.Given(job.Training, classes, source),
        };
    }

    private static void Check(Job job, DataSection data, long[] held, long[] training, string unit, string source)
    {
        if ((data.Validation.Fraction > 0 || data.Validation.Path is not null) && held.Sum() == 0)
        {
            throw new JobException(data.Validation.Path is { } path
                ? $"{Path.GetFileName(path)}: there is nothing to validate on: it has no {unit}."
                : string.Create(CultureInfo.InvariantCulture, $"data.validation.fraction is {data.Validation.Fraction}, which holds out none of the ")
                    + $"{training.Sum()} {unit} of {source}. Set a greater fraction, or leave it out.");
        }

        if (training.Sum() == 0)
        {
            throw new JobException($"data.validation.fraction leaves nothing of {source} to train on. Set a smaller one.");
        }

        if (job.Training.Batch > training.Sum())
        {
            throw new JobException(
                $"training.batch is {job.Training.Batch}, but there are only {training.Sum()} training examples ({unit}). "
                + $"Set training.batch to {training.Sum()} or less.");
        }
    }

    private static IReadOnlyList<string> Classes(Job job, IReadOnlyList<ShardSurvey> surveys, string source)
    {
        var found = surveys.SelectMany(s => s.Classes).ToHashSet();
        var validation = Path.GetFileName(job.Data.Validation.Labels ?? job.Data.Validation.Path ?? "");
        if (job.Data.Format == DataFormat.Text)
        {
            // A validation text may have characters that training never saw: the vocabulary must hold them.
            found.UnionWith(surveys.SelectMany(s => s.ValidationClasses));
            if (found.Count == 1)
            {
                throw new JobException($"{source}: every character is '{found.First()}': there is nothing to predict.");
            }

            return [.. found.OrderBy(c => c.EnumerateRunes().First().Value)];
        }

        if (surveys.SelectMany(s => s.ValidationClasses).FirstOrDefault(c => !found.Contains(c)) is { } unknown)
        {
            throw new JobException($"{validation}: the label '{unknown}' does not occur in {source}, so no model can learn it.");
        }

        if (found.Count < 2)
        {
            throw new JobException($"{source}: every label is '{found.First()}'. A classifier needs at least two classes.");
        }

        if (job.Model.Kind == ModelKind.Logistic && found.Count != 2)
        {
            throw new JobException(
                $"{source}: model.kind is logistic, which tells two classes apart, but there are {found.Count}. Use softmax or mlp.");
        }

        if (SameNumber(found) is { } twice)
        {
            throw new JobException($"{source}: the labels {twice} are one number written in several ways, and would be classes of "
                + "their own. Write it in one way.");
        }

        return found.All(c => double.TryParse(c, NumberStyles.Float, CultureInfo.InvariantCulture, out _))
            ? [.. found.OrderBy(c => double.Parse(c, NumberStyles.Float, CultureInfo.InvariantCulture)).ThenBy(c => c, StringComparer.Ordinal)]
            : [.. found.Order(StringComparer.Ordinal)];
    }

    // "1" and "1.0", where every label is a number.
    private static string? SameNumber(HashSet<string> labels)
    {
        var numbers = labels.Select(l => (
            Label: l, Value: decimal.TryParse(l, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) ? value : (decimal?)null)).ToArray();
        return numbers.Any(n => n.Value is null)
            ? null
            : numbers.GroupBy(n => n.Value, n => n.Label).FirstOrDefault(g => g.Count() > 1) is { } same
                ? string.Join(" and ", same.Order(StringComparer.Ordinal).Select(l => $"'{l}'"))
                : null;
    }

    // A shard that no example fell to has no say. Sparse rows do not tell how long they are: the greatest index does.
    private static int Features(DataSection data, IReadOnlyList<ShardSurvey> surveys, string source)
    {
        if (data.Format == DataFormat.Libsvm)
        {
            surveys = [.. surveys.Select(s => s with { Features = surveys.Max(other => other.Features) })];
        }

        var shards = surveys.Where(s => s.Rows > 0).ToArray();
        if (shards.FirstOrDefault(s => s.Features != shards[0].Features) is { } other)
        {
            throw new JobException($"{source}: examples of shard {shards[0].Shard} have {shards[0].Features} features, "
                + $"those of shard {other.Shard} have {other.Features}. Every example needs the same.");
        }

        return shards[0].Features > 0 || data.Format == DataFormat.Text
            ? shards[0].Features
            : throw new JobException($"{source}: the examples have a label but no features: there is nothing to learn from.");
    }

    // Shard v holds out floor(f R(v + 1)) - floor(f R(v)) of its rows, R(v) being the rows before it: the total is right to
    // the row, however the rows are spread.
    private static long[] HeldOut(DataSection data, IReadOnlyList<ShardSurvey> surveys, long[] rows)
    {
        if (data.Validation.Path is not null)
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
