using Granary.Jobs;

namespace Granary.Model.Data;

/// <summary>One shard's part of the source, read into memory.</summary>
public sealed class ShardData
{
    private readonly Job _job;
    private readonly int _shard;
    private readonly IShardSource _source;
    private readonly IShardSource? _validation;

    private ShardData(Job job, int shard, IShardSource source, IShardSource? validation) =>
        (_job, _shard, _source, _validation) = (job, shard, source, validation);

    /// <summary>Reads the part of shard <paramref name="shard"/> of the job's source, and of the validation's own one.</summary>
    /// <exception cref="JobException">File, line and remedy, when the data cannot be used.</exception>
    public static ShardData Read(Job job, int shard)
    {
        var source = Read(job, new SourcePart(job.Data.Path, job.Data.Labels, shard, job.Data.Shards));
        var validation = job.Data.Validation.Path is { } path
            ? Read(job, new SourcePart(path, job.Data.Validation.Labels, shard, job.Data.Shards))
            : null;
        return new ShardData(job, shard, source, validation);
    }

    private static IShardSource Read(Job job, SourcePart part)
    {
        try
        {
            return job.Data.Format switch
            {
                DataFormat.Csv => CsvSource.Read(part, job.Data.Label!),
                DataFormat.Idx => IdxSource.Read(part),
                DataFormat.Text when job.Data.HasWords => WordSource.Read(part, job.Data.Tokens, job.Model),
                DataFormat.Text => TextSource.Read(part, job.Data.Tokens, job.Model.Context),
                _ => throw new ArgumentOutOfRangeException(nameof(job), job.Data.Format, null),
            };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new JobException($"{part.Name}: it cannot be read: {e.Message}");
        }
    }

    /// <summary>What was found.</summary>
    public ShardSurvey Survey => new(
        _shard, _source.Rows, _validation?.Rows ?? 0, _source.Features, _source.Classes, _validation?.Classes ?? [])
    {
        ClassCounts = (_source as WordSource)?.Counts ?? [],
    };

    /// <summary>Moments of each feature over the training part.</summary>
    public FeatureMoments Moments(DataFacts facts)
    {
        var rows = Split(facts).Training;
        var mean = new double[_source.Features];
        var squares = new double[_source.Features];
        for (var f = 0; f < mean.Length && rows.Length > 0; f++)
        {
            double sum = 0;
            foreach (var row in rows)
            {
                sum += _source.Feature(row, f);
            }

            mean[f] = sum / rows.Length;
            foreach (var row in rows)
            {
                var d = _source.Feature(row, f) - mean[f];
                squares[f] += d * d;
            }
        }

        return new FeatureMoments(rows.Length, mean, squares);
    }

    /// <summary>The examples as tensors, ready to be gathered.</summary>
    public Examples Prepare(DataFacts facts)
    {
        var (training, held) = Split(facts);
        var own = _source.ToTensors(_job.Model.Precision, facts);
        var validation = _validation?.ToTensors(_job.Model.Precision, facts);
        return new Examples(_job.Training.Seed, _shard, own, training, validation ?? own, held);
    }

    /// <summary>Lets a bigram model count this shard's training text. Text only.</summary>
    public void CountBigrams(DataFacts facts, BigramBaseline bigrams)
    {
        foreach (var (first, second) in Split(facts).Training.SelectMany(((TextSource)_source).Pairs))
        {
            bigrams.Count(first, second);
        }
    }

    /// <summary>Lets a bigram model predict this shard's held-out text. Text only.</summary>
    public void EvaluateBigrams(DataFacts facts, BigramBaseline bigrams)
    {
        foreach (var (first, second) in Split(facts).Held.SelectMany(((TextSource)(_validation ?? _source)).Pairs))
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

        var count = (int)facts.ValidationRows[_shard];
        var random = SeededRandom.For(_job.Training.Seed, RandomPurpose.Validation, _shard, 0);
        if (_job.Data.Format == DataFormat.Text)
        {
            // Windows of one text overlap in meaning: only a contiguous run is really unseen.
            var first = random.NextInt(_source.Rows - count + 1);
            return ([.. all.Where(r => r < first || r >= first + count)], [.. all.Skip(first).Take(count)]);
        }

        var held = random.Permutation(_source.Rows).Take(count).ToHashSet();
        return ([.. all.Where(r => !held.Contains(r))], [.. all.Where(held.Contains)]);
    }
}
