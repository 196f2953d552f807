using System.Runtime.InteropServices;
using Granary.Jobs;

namespace Granary.Model.Data;

/// <summary>One shard's run of a text, as words. Its examples are the pairs of a word and a context of it.</summary>
internal sealed class WordSource : IShardSource
{
    private readonly int[] _words; // ids of this shard alone
    private readonly long[] _counts;
    private readonly PairPlan _pairs;
    private readonly ModelSection _model;

    private WordSource(int[] words, IReadOnlyList<string> names, long[] counts, PairPlan pairs, ModelSection model) =>
        (_words, Classes, _counts, _pairs, _model) = (words, names, counts, pairs, model);

    /// <inheritdoc/>
    public int Rows => (int)_pairs.Count;

    /// <inheritdoc/>
    public int Features => 0;

    /// <inheritdoc/>
    public IReadOnlyList<string> Classes { get; }

    /// <summary>How often each of <see cref="Classes"/> occurs.</summary>
    public IReadOnlyList<long> Counts => _counts;

    /// <inheritdoc/>
    public bool RunsOn => true;

    /// <inheritdoc/>
    public long Tokens => _words.Length;

    /// <inheritdoc/>
    public ShardSurvey Tell(ShardSurvey survey) => survey with { ClassCounts = Counts };

    /// <inheritdoc/>
    public IExampleTensors ToTensors(Precision precision, DataFacts facts, int[]? order = null)
    {
        var ids = facts.Classes.Select((name, id) => (name, id)).ToDictionary(c => c.name, c => c.id, StringComparer.Ordinal);
        var own = Classes.Select(c => ids.TryGetValue(c, out var id) ? id : ids[WordVocabulary.Unknown]).ToArray();
        var sampler = _model.Negatives > 0 ? new NegativeSampler(facts.ClassCounts) : null;
        return new PairTensors([.. _words.Select(w => own[w])], _pairs, sampler, _model.Negatives);
    }

    /// <summary>Reads the words that begin in this shard's share of the bytes of all files (of a gzipped one, of what it unpacks to).</summary>
    public static WordSource Read(SourcePart part, TokenKind kind, ModelSection model, KeptVocabulary? kept = null)
    {
        var files = DataFiles.Expand(part.Path).Select(p => (Path: p, Length: SourceFile.Length(p))).ToArray();
        var total = files.Sum(f => f.Length);
        if (total == 0)
        {
            throw new JobException($"{part.Name}: the text is empty.");
        }

        var (first, end) = part.Of(total);
        var ids = new Dictionary<string, int>(StringComparer.Ordinal);
        var (words, names, counts) = (new List<int>(), new List<string>(), new List<long>());
        long start = 0;
        foreach (var (path, length) in files)
        {
            var from = Math.Max(first, start) - start;
            var to = Math.Min(end, start + length) - start;
            foreach (var (offset, word) in from < to ? WordReader.Read(path, from, to, kind) : [])
            {
                if (kept?.Takes(word) == false)
                {
                    throw kept.Refuse(path, $"word '{word}'", offset);
                }

                ref var id = ref CollectionsMarshal.GetValueRefOrAddDefault(ids, word, out var known);
                if (!known)
                {
                    id = names.Count;
                    names.Add(word);
                    counts.Add(0);
                }

                counts[id]++;
                words.Add(id);
            }

            start += length;
        }

        var pairs = new PairPlan(words.Count, model.Window);
        return pairs.Count <= int.MaxValue
            ? new WordSource([.. words], names, [.. counts], pairs, model)
            : throw new JobException($"{part.Name}: {pairs.Count} pairs of words are more than one shard can number. Set a greater data.shards.");
    }
}
