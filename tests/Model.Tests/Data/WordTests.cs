using CsCheck;
using Granary.Jobs;
using Granary.Model.Data;
using static TorchSharp.torch;

namespace Granary.Model.Tests.Data;

public sealed class WordTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string Write(string name, string text)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllText(path, text);
        return path;
    }

    private static Job Job(string path, int shards = 1, int window = 2, int negatives = 0, int minCount = 1, double fraction = 0) => new(
        1,
        "j",
        new ModelSection { Kind = "skip-gram", Width = 4, Window = window, Negatives = negatives },
        new DataSection
        {
            Format = "text",
            Path = path,
            Tokens = TokenKind.Word,
            MinCount = minCount,
            Shards = shards,
            Validation = new() { Fraction = fraction },
        },
        new TrainingSection { Epochs = 2, Batch = 1, Seed = 5 });

    private static string[] Read(string path, TokenKind kind, int shards = 1)
    {
        var length = new FileInfo(path).Length;
        return [.. Enumerable.Range(0, shards).SelectMany(v => WordReader.Read(path, length * v / shards, length * (v + 1) / shards, kind).Select(w => w.Word))];
    }

    [Fact]
    public void Words_are_runs_of_letters_and_digits_in_lower_case()
    {
        var path = Write("t.txt", "\ufeffThe cat's 2 ÉTÉ_x, naïve\n東京—e\u0301t");
        Assert.Equal(["the", "cat", "s", "2", "été_x", "naïve", "東京", "e\u0301t"], Read(path, TokenKind.Word));
        Assert.Equal(["The", "cat's", "2", "ÉTÉ_x,", "naïve", "東京—e\u0301t"], Read(path, TokenKind.Whitespace));
    }

    [Fact]
    public void Shards_together_read_every_word_once()
    {
        string[] characters = ["a", "B", "é", "東", "😀", "\U00010400", " ", "\n", ".", "—"];
        Gen.Select(Gen.Int[0, characters.Length - 1].Array[0, 60], Gen.Int[1, 12], Gen.Bool).Sample(
            (text, shards, space) =>
            {
                var (path, kind) = (Write("t.txt", string.Concat(text.Select(c => characters[c]))), space ? TokenKind.Whitespace : TokenKind.Word);
                Assert.Equal(Read(path, kind), Read(path, kind, shards));
            },
            iter: 500,
            threads: 1);
    }

    [Fact]
    public void Long_texts_are_read_over_the_buffer_s_end()
    {
        var words = Enumerable.Range(0, 30_000).Select(i => $"é{i}").ToArray();
        var path = Write("t.txt", string.Join(' ', words));
        Assert.Equal(words, Read(path, TokenKind.Word));
        Assert.Equal(words, Read(path, TokenKind.Word, 7));
    }

    [Fact]
    public void What_is_no_utf8_is_told_with_its_place()
    {
        var path = Path.Combine(_folder, "t.txt");
        File.WriteAllBytes(path, [.. "hello "u8, 0xff, .. " world"u8]);
        var e = Assert.Throws<JobException>(() => DataCheck.Run(Job(path), 1));
        Assert.Equal("t.txt: the byte at offset 6 (0xff) is no part of a UTF-8 character. Convert the text to UTF-8.", e.Message);
    }

    [Theory]
    [InlineData("", "t.txt: the text is empty.")]
    [InlineData("!! --", "t.txt: there is nothing to train on: it has no pairs of words at most 2 apart.")]
    [InlineData("a a b", "t.txt: 1 of its 2 words occurs data.minCount = 2 times or more, and there is nothing to learn from fewer than 2.")]
    public void A_text_with_too_few_words_is_refused(string text, string message) => Assert.StartsWith(
        message, Assert.Throws<JobException>(() => DataCheck.Run(Job(Write("t.txt", text), minCount: 2), 1)).Message);

    [Fact]
    public void A_vocabulary_does_not_depend_on_shards_and_keeps_rare_words_as_one()
    {
        var path = Write("t.txt", "b c a b C d b c e a");
        foreach (var shards in new[] { 1, 3 })
        {
            var (facts, bigrams) = DataCheck.Run(Job(path, shards, minCount: 2), 1);
            Assert.Equal(["<unk>", "b", "c", "a"], facts.Classes);
            Assert.Equal([2, 3, 3, 2], facts.ClassCounts);
            Assert.Equal(new InputShape(0, 4), facts.Shape);
            Assert.Null(bigrams);
        }

        Assert.Equal(["b", "c", "a", "d", "e"], DataCheck.Run(Job(path), 1).Facts.Classes);
    }

    [Fact]
    public void Words_that_only_the_validation_s_source_has_are_unknown()
    {
        var job = Job(Write("t.txt", "a b a b"));
        job = job with { Data = job.Data with { Validation = new() { Path = Write("v.txt", "a zebra b") } } };
        var (facts, _) = DataCheck.Run(job, 1);
        Assert.Equal(["<unk>", "a", "b"], facts.Classes);
        using var examples = ShardData.Read(job, 0).Prepare(facts);
        using var scope = NewDisposeScope();
        Assert.Equal([1L, 1, 0, 0, 2, 2], examples.Validation(0, 6).Inputs.data<long>().ToArray());
    }

    [Fact]
    public void Every_pair_within_the_window_is_an_example_once_an_epoch()
    {
        var job = Job(Write("t.txt", "a b c d e"), window: 2);
        var (facts, _) = DataCheck.Run(job, 1);
        using var examples = ShardData.Read(job, 0).Prepare(facts);
        using var scope = NewDisposeScope();
        string[] expected = ["ab", "ac", "ba", "bc", "bd", "ca", "cb", "cd", "ce", "db", "dc", "de", "ec", "ed"];
        foreach (var epoch in new[] { 0, 1 })
        {
            var batch = examples.Training(epoch, 0, examples.TrainingRows);
            var pairs = batch.Inputs.data<long>().ToArray().Zip(batch.Targets.data<long>().ToArray(), (i, t) => facts.Classes[(int)i] + facts.Classes[(int)t]);
            Assert.Equal(expected, pairs.Order(StringComparer.Ordinal));
        }
    }

    [Fact]
    public void Negatives_depend_on_the_place_alone_and_are_never_the_context()
    {
        var job = Job(Write("t.txt", string.Join(' ', Enumerable.Range(0, 200).Select(i => "w" + (i * i % 17)))), shards: 2, negatives: 4);
        var (facts, _) = DataCheck.Run(job, 1);
        using var first = ShardData.Read(job, 0).Prepare(facts);
        using var again = ShardData.Read(job, 0).Prepare(facts);
        using var other = ShardData.Read(job, 1).Prepare(facts);

        static long[] Words(Batch batch) => batch.Inputs.data<long>().ToArray();
        static long[] Negatives(Batch batch) => [.. Words(batch).Chunk(6).SelectMany(r => r[2..])];

        using var scope = NewDisposeScope();
        var here = Words(first.Training(1, 8, 24));
        again.Training(0, 0, 100);
        Assert.Equal(here, Words(again.Training(1, 8, 24)));
        Assert.NotEqual(Negatives(first.Training(1, 8, 24)), Negatives(first.Training(0, 8, 24)));
        Assert.NotEqual(Negatives(first.Training(1, 8, 24)), Negatives(other.Training(1, 8, 24)));
        Assert.NotEqual(Negatives(first.Training(1, 0, 16)), Negatives(first.Training(1, 8, 24)));
        Assert.All(Words(first.Training(0, 0, first.TrainingRows)).Chunk(6), r => Assert.DoesNotContain(r[1], r[2..]));
        Assert.All(first.Training(0, 0, 9).Targets.data<long>().ToArray(), t => Assert.Equal(0, t));
    }

    [Fact]
    public void Negatives_are_drawn_by_count_to_the_three_quarters()
    {
        long[] counts = [0, 16, 81, 0, 256, 1, 0];
        var sampler = new NegativeSampler(counts);
        var random = SeededRandom.For(1, RandomPurpose.NegativeSamples, 0, 0);
        foreach (var context in Enumerable.Range(0, counts.Length))
        {
            const int Draws = 100_000;
            var drawn = new int[counts.Length];
            for (var i = 0; i < Draws; i++)
            {
                drawn[sampler.Draw(ref random, context)]++;
            }

            double[] weights = [0, 8, 27, 0, 64, 1, 0];
            weights[context] = 0;
            for (var w = 0; w < counts.Length; w++)
            {
                Assert.Equal(weights[w] / weights.Sum(), drawn[w] / (double)Draws, 0.008); // 5 deviations of sqrt(pq/n)
                Assert.True(weights[w] > 0 || drawn[w] == 0);
            }
        }
    }
}
