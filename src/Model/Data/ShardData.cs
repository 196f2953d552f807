using Granary.Jobs;
using Granary.Model.Data.Checking;
using Granary.Model.Data.Linear;
using Granary.Model.Training;

namespace Granary.Model.Data;

/// <summary>One shard's part of the source, read into memory.</summary>
public sealed class ShardData
{
    private readonly Job _job;
    private readonly int _shard;
    private readonly IShardSource _source;
    private readonly IShardSource? _validation;
    private readonly string? _initDigest;
    private readonly string? _vocabularyDigest;
    private readonly KeptVocabulary? _kept;
    private readonly ShardSplit? _split;
    private readonly string? _tags;

    private ShardData(Job job, int shard, IShardSource source, IShardSource? validation, TokenFiles? files, KeptVocabulary? kept, string? tags)
    {
        (_job, _shard, _source, _validation, _kept, _tags) = (job, shard, source, validation, kept, tags);
        _vocabularyDigest = files?.Digest ?? kept?.Digest;
        _split = SplitRule.Of(job) is { } rule ? new ShardSplit(rule, shard, source.Labelled!) : null;
        _initDigest = shard == 0 ? InitialFile.Digest(job) : null; // once for all is enough: the workers compare theirs with it
    }

    /// <summary>Reads the part of shard <paramref name="shard"/> of the job's source, and of the validation's own one.</summary>
    /// <exception cref="JobException">File, line and remedy, when the data cannot be used.</exception>
    public static ShardData Read(Job job, int shard, ReadingMeans? use = null)
    {
        (var tags, job) = (SourceTags.Of(job.Data), Described(job));
        var (files, kept) = (TokenFiles.Read(job.Data), KeptVocabulary.Read(job.Data));
        var part = new SourcePart(job.Data.Path, job.Data.Labels, shard, job.Data.Shards) { EndFraction = job.Data.HasTextEnd ? job.Data.Validation.Fraction : 0 };
        var source = Read(job, part, files, use: use, kept: kept, split: SplitColumn.Of(job.Data));
        var validation = job.Data.HasTextEnd ? Read(job, part with { IsEnd = true, MayBeEmpty = true }, files, use: use, kept: kept)
            : job.Data.Validation.Path is { } path
                ? Read(job, new SourcePart(path, job.Data.Validation.Labels, shard, job.Data.Shards, MayBeEmpty: true), files, use: use, kept: kept)
            : null;
        if (validation is not null && !job.Data.HasTextEnd)
        {
            RequireSame(job, source, validation);
        }

        return new ShardData(job, shard, source, validation, files, kept, SourceTags.RequireSame(tags, SourceTags.Of(job.Data), job.Data));
    }

    // Every shard infers columns from the same rows, and held-out examples have the columns that are trained on.
    private static Job Described(Job job) => job.Data.Columns is not { Infer: true } ? job
        : job with { Data = job.Data with { Columns = FormatCatalogue.Of(job.Data).Infer(job.Data) } };

    // A model takes its features in one order.
    private static void RequireSame(Job job, IShardSource source, IShardSource validation)
    {
        var (own, name) = (DataFiles.NameOf(job.Data.Path), DataFiles.NameOf(job.Data.Validation.Path!));
        var (columns, others) = (Columns(source), Columns(validation));
        if (source.Image is { } image && validation.Image is { } other)
        {
            if (image.Shape != other.Shape)
            {
                throw new JobException($"{name}: its images have {other.Shape} pixels, those of {own} have {image.Shape}. "
                    + "Held-out images need the size that is trained on.");
            }

            IdxFile.RequireScale(name, other.Type, image.Type, $"{own} has");
        }

        if (validation.Features != source.Features && !FormatKinds.Of(job.Data.Format).HasIndices)
        {
            throw new JobException($"{name}: its examples have {Plural.Of(validation.Features, "feature")}, those of {own} have {source.Features}. "
                + "Held-out examples need the features that are trained on.");
        }

        var at = Enumerable.Range(0, columns.Count).FirstOrDefault(i => columns[i] != others[i], -1);
        if (at >= 0)
        {
            throw new JobException($"{name}: feature {at + 1} is '{others[at]}', but in {own} it is '{columns[at]}'. "
                + "Held-out examples need the columns that are trained on, in the same order.");
        }
    }

    /// <summary>Reads one part of a source.</summary>
    /// <param name="job">How it is written, and what the model needs of it.</param>
    /// <param name="part">Which part.</param>
    /// <param name="files">text by byte pairs: the vocabulary; null: the encoding has a name.</param>
    /// <param name="features">csv, parquet: the columns to be read; null: all that the job leaves.</param>
    /// <param name="use">csv: threads and cache.</param>
    /// <param name="kept">text of characters or words: the vocabulary that the text must keep to; null: any.</param>
    /// <param name="split">csv, parquet: the column by which rows are held out; null: none, or nobody asks.</param>
    internal static IShardSource Read(
        Job job, SourcePart part, TokenFiles? files = null, IReadOnlyList<string>? features = null, ReadingMeans? use = null, KeptVocabulary? kept = null, SplitColumn? split = null)
    {
        try
        {
            return FormatCatalogue.Of(job.Data).Read(new SourceReading(job, part, files, features, use, kept) { Split = split });
        }
        catch (Exception e) when (e is (IOException and not FileStoreException) or UnauthorizedAccessException)
        {
            throw new JobException($"{part.Name}: it cannot be read: {e.Message}");
        }
    }

    /// <summary>What was found.</summary>
    public ShardSurvey Survey
    {
        get
        {
            var survey = new ShardSurvey(
                _shard, _source.Rows, _validation?.Rows ?? 0, Math.Max(_source.Features, _validation?.Features ?? 0), _source.Classes, _validation?.Classes ?? [])
            {
                Columns = Columns(_source),
                Image = _source.Image?.Size,
                VocabularyDigest = _vocabularyDigest,
                KeptVocabulary = _shard == 0 ? _kept?.Names : null, // one shard's is enough: the digests are compared
                InitDigest = _initDigest,
                SourceTags = _tags,
                Target = TargetRange.Of(_source.Labelled?.Targets),
                ValidationTarget = TargetRange.Of(_validation?.Labelled?.Targets),
                LabelCounts = _source.Labelled?.LabelIndicators is { } indicators ? [.. indicators.Select(of => of.LongCount(y => y == 1))] : null,
            };
            return _source.Tell(survey) with { HasQueries = _source.Tell(survey).HasQueries || _validation?.Tell(survey).HasQueries == true };
        }
    }

    private static IReadOnlyList<string> Columns(IShardSource source) => source.Labelled?.Columns ?? [];

    /// <summary>What the job asks to know about the training part, or to find out which rows that is. Not for text.</summary>
    public TrainingStatistics Statistics(DataFacts facts)
    {
        if (facts.SplitQuestion is { } question)
        {
            return new TrainingStatistics(null, null) { Split = _split!.Answer(question, facts) };
        }

        var (source, rows) = (_source.Labelled!, Split(facts).Training);
        if (facts.Search is { } questions)
        {
            return new TrainingStatistics(null, null) { Ranks = source.Described!.Ranks(rows, questions) };
        }

        return new TrainingStatistics(
            FeaturePlan.IsNeeded(_job.Data) ? source.Moments(rows, facts.Shape.Features) : null,
            ClassWeightPlan.IsNeeded(_job.Training) ? Count(source, rows, facts) : null)
        {
            Weights = source.Weights is { } weights ? Weigh(weights, facts) : null,
            Columns = source.Described?.Findings(rows),
            Target = _job.Data.StandardizeTarget ? NumberMoments.Of(source.Targets!, rows) : null,
        };
    }

    private RowWeights Weigh(double[] weights, DataFacts facts)
    {
        var (training, held) = Split(facts);
        var heldOut = _validation is null ? weights : _validation.Labelled!.Weights!;
        double[] all = _validation is null ? weights : [.. weights, .. heldOut];
        var evaluated = (int)EvaluationPlan.Rows(_job.Training, facts.ValidationRows)[_shard];
        return new RowWeights(
            training.Sum(row => weights[row]), held.Sum(row => heldOut[row]), all.DefaultIfEmpty(double.PositiveInfinity).Min(), all.DefaultIfEmpty(double.NegativeInfinity).Max())
        {
            Evaluated = Enumerable.Range(0, evaluated).Sum(i => heldOut[held[EvaluationPlan.At(i, evaluated, held.Length)]]),
        };
    }

    /// <summary>A closer look, for whoever wants to see what is in the data.</summary>
    /// <param name="facts">What the shards agree on.</param>
    /// <param name="countsDistinct">Whether different values of each feature are counted.</param>
    internal ShardLook Look(DataFacts facts, bool countsDistinct)
    {
        if (_source.Labelled is not { } source)
        {
            return new ShardLook([], [], null, _source.Tokens);
        }

        var (training, held) = Split(facts);
        return ShardLook.At(source, training, (_validation?.Labelled ?? source, held), facts, countsDistinct);
    }

    /// <summary>How many of its rows have certain labels; 0 for text.</summary>
    /// <param name="heldOut">Whether those of the validation's own source are meant.</param>
    /// <param name="isMeant">Whether a label is one of them.</param>
    internal long RowsWith(bool heldOut, Func<string, bool> isMeant) => (heldOut ? _validation : _source)?.Labelled is { LabelIndicators: null } source
        ? Enumerable.Range(0, source.Rows).LongCount(row => isMeant(source.Label(row)))
        : 0;

    private static long[] Count(IFeatureSource source, int[] rows, DataFacts facts)
    {
        var (classes, counts) = (new LabelIndex(facts.Classes), new long[facts.Classes.Count]);
        foreach (var (label, count) in rows.CountBy(source.Label))
        {
            counts[classes.Find(label)!.Value] += count;
        }

        return counts;
    }

    /// <summary>What an epoch that takes every example once must count of this shard: how many examples, and the wrapping sum of their rows' digests.</summary>
    public (long Rows, ulong Digest) Ledger(DataFacts facts)
    {
        var rows = Split(facts).Training;
        return (rows.Length, rows.Aggregate(0ul, (sum, row) => sum + RowDigest.Of(_shard, row)));
    }

    /// <summary>What some places of an epoch must count of this shard.</summary>
    /// <param name="facts">What the shards agree on.</param>
    /// <param name="epoch">The epoch.</param>
    /// <param name="places">The places [First, End) of it that steps have taken.</param>
    public (long Rows, ulong Digest) Ledger(DataFacts facts, int epoch, IEnumerable<(int First, int End)> places)
    {
        var order = OrderOf(Split(facts).Training);
        var (count, digest) = (0L, 0ul);
        foreach (var (first, end) in places.Where(p => p.End > p.First))
        {
            foreach (var row in order.Rows(epoch, first, end))
            {
                digest += RowDigest.Of(_shard, row);
            }

            count += end - first;
        }

        return (count, digest);
    }

    private IEpochOrder OrderOf(int[] training) => _job.Data.DrawsWindows
        ? new DrawnOrder(_job.Training.Seed, _shard, new WindowStarts(training, _source.Tokens, _job.Model.Context))
        : new ShuffledOrder(_job.Training.Seed, _shard, training);

    /// <summary>The examples as tensors, ready to be gathered.</summary>
    public Examples Prepare(DataFacts facts)
    {
        if (_vocabularyDigest != facts.VocabularyDigest)
        {
            var what = _job.Data.Vocabulary is { } model ? $"The vocabulary of {model} (data.vocabulary) is not the one"
                : $"{Path.GetFileName(_job.Data.Vocab)} or {Path.GetFileName(_job.Data.Merges)} is not the file";
            throw new JobException($"{what} that the job began with. Give every silo the same files, and leave them alone while the job runs.");
        }

        SourceTags.RequireSame(facts.SourceTags, _tags, _job.Data);
        var (training, held) = Split(facts);
        var own = LinearTensors.Of(_job, _source, facts, training) ?? _source.ToTensors(_job.Model.Precision, facts, Order(training, held));
        var validation = _validation is null ? null : LinearTensors.Of(_job, _validation, facts) ?? _validation.ToTensors(_job.Model.Precision, facts);
        var windows = _job.Data.DrawsWindows && own is TokenTensors side ? side.Anywhere : own;
        return new Examples((_job.Training.Seed, _shard), windows, OrderOf(training), training.Length, validation ?? own, held);
    }

    // A search takes all training examples in every pass, in the order of the first epoch; the others come behind them.
    private int[]? Order(int[] training, int[] held) => !_job.Training.Optimizer.Traits().SearchesAlongLines ? null
        : _validation is null ? [.. ShuffledOrder.Of(_job.Training.Seed, 0, _shard, training), .. held]
        : ShuffledOrder.Of(_job.Training.Seed, 0, _shard, training);

    /// <summary>Lets a bigram model count this shard's training text. Text only.</summary>
    public void CountBigrams(DataFacts facts, BigramBaseline bigrams)
    {
        foreach (var (first, second) in Split(facts).Training.SelectMany(_source.Windows!.Pairs))
        {
            bigrams.Count(first, second);
        }
    }

    /// <summary>Lets a bigram model predict this shard's held-out text. Text only.</summary>
    public void EvaluateBigrams(DataFacts facts, BigramBaseline bigrams)
    {
        foreach (var (first, second) in Split(facts).Held.SelectMany((_validation ?? _source).Windows!.Pairs))
        {
            bigrams.Evaluate(first, second);
        }
    }

    private (int[] Training, int[] Held) Split(DataFacts facts)
    {
        var all = Enumerable.Range(0, _source.Rows);
        if (_validation is not null)
        {
            return ([.. all], [.. Enumerable.Range(0, _validation.Rows)]);
        }

        if (_split is not null)
        {
            return _split.Rows(facts);
        }

        var count = (int)facts.ValidationRows[_shard];
        var random = SeededRandom.For(_job.Training.Seed, RandomPurpose.Validation, _shard, 0);
        if (_source.RunsOn)
        {
            // Windows of one text overlap in meaning: only a contiguous run is really unseen.
            var first = random.NextInt(_source.Rows - count + 1);
            return ([.. all.Where(r => r < first || r >= first + count)], [.. all.Skip(first).Take(count)]);
        }

        if (count == 0)
        {
            return ([.. all], []);
        }

        var held = random.Permutation(_source.Rows).Take(count).ToHashSet();
        return ([.. all.Where(r => !held.Contains(r))], [.. all.Where(held.Contains)]);
    }
}
