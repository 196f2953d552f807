namespace Granary.Jobs;

/// <summary>The words of a text: those that occur often enough, and one that stands for all others.</summary>
/// <param name="Words">By id: <see cref="Unknown"/> first, where any word is; then the most frequent first, ties ordinally.</param>
/// <param name="Counts">How often each occurs in the source, the held-out part of it too.</param>
public sealed record WordVocabulary(IReadOnlyList<string> Words, IReadOnlyList<long> Counts)
{
    /// <summary>Stands for every word that is too rare, or that only the validation's own source has.</summary>
    public const string Unknown = "<unk>";

    /// <summary>The vocabulary of what all shards found.</summary>
    /// <param name="data">The job's data section.</param>
    /// <param name="surveys">One per shard.</param>
    /// <exception cref="JobException">Fewer than two words are frequent enough.</exception>
    public static WordVocabulary Of(DataSection data, IReadOnlyList<ShardSurvey> surveys)
    {
        var counts = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var survey in surveys)
        {
            for (var i = 0; i < survey.Classes.Count; i++)
            {
                counts[survey.Classes[i]] = counts.GetValueOrDefault(survey.Classes[i]) + survey.ClassCounts[i];
            }
        }

        if (surveys.Select(s => s.KeptVocabulary).FirstOrDefault(k => k is not null) is { } kept)
        {
            return Keep(kept, counts, data);
        }

        var known = counts.Where(c => c.Value >= data.MinCount && c.Key != Unknown)
            .OrderByDescending(c => c.Value).ThenBy(c => c.Key, StringComparer.Ordinal).ToList();
        if (known.Count < 2)
        {
            throw new JobException($"{DataFiles.NameOf(data.Path)}: {known.Count} of its {Plural.Of(counts.Count, "word")} occur{(known.Count == 1 ? "s" : "")} data.minCount = "
                + $"{Plural.Of(data.MinCount, "time")} or more, and there is nothing to learn from fewer than 2. Set a smaller data.minCount.");
        }

        var rest = counts.Values.Sum() - known.Sum(k => k.Value);
        var names = known.Select(k => k.Key).ToHashSet(StringComparer.Ordinal);
        if (rest > 0 || surveys.SelectMany(s => s.ValidationClasses).Any(w => !names.Contains(w)))
        {
            known.Insert(0, new(Unknown, rest));
        }

        return new WordVocabulary([.. known.Select(k => k.Key)], [.. known.Select(k => k.Value)]);
    }

    // The words of a model, in its order; whatever it does not know counts as its unknown word.
    private static WordVocabulary Keep(IReadOnlyList<string> kept, Dictionary<string, long> counts, DataSection data)
    {
        var own = kept.Select(w => w == Unknown ? 0 : counts.GetValueOrDefault(w)).ToArray();
        if (own.Count(n => n > 0) < 2)
        {
            throw new JobException($"{DataFiles.NameOf(data.Path)}: {own.Count(n => n > 0)} of its {counts.Count} words are among the {kept.Count} of {data.Vocabulary} "
                + "(data.vocabulary), and there is nothing to learn from fewer than 2. Leave data.vocabulary out, or name another model.");
        }

        if (Enumerable.Range(0, kept.Count).FirstOrDefault(i => kept[i] == Unknown, -1) is >= 0 and var unknown)
        {
            own[unknown] = counts.Values.Sum() - own.Sum();
        }

        return new WordVocabulary(kept, own);
    }
}
