using System.Reflection;
using System.Text;
using System.Text.RegularExpressions;
using Granary.Jobs;
using Granary.Model.Data;
using Granary.Model.Files;
using Granary.Model.Generation;
using Granary.Model.Training;

namespace Granary.Model.Tests.Data;

public sealed class BytePairTests : IDisposable
{
    private static readonly string Examples = Path.Combine(
        typeof(BytePairTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "Root").Value!, "examples/data");

    private static readonly DataSection Files = new()
    {
        Format = "text",
        Path = Path.Combine(Examples, "granary-source.txt"),
        Tokens = TokenKind.Bpe,
        Vocab = Path.Combine(Examples, "source-vocab.json"),
        Merges = Path.Combine(Examples, "source-merges.txt"),
    };

    private readonly DataFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static BytePairs Of(DataSection data) => BytePairs.Of(data.Encoding, TokenFiles.Read(data));

    [Theory]
    [InlineData(TokenEncoding.Cl100kBase, 100_277, "hello world", 15339, 1917)]
    [InlineData(TokenEncoding.Cl100kBase, 100_277, "tiktoken is great!", 83, 1609, 5963, 374, 2294, 0)]
    [InlineData(TokenEncoding.O200kBase, 200_019, "hello world", 24912, 2375)]
    public void An_encoding_by_name_gives_the_tokens_that_its_makers_publish(TokenEncoding encoding, int count, string text, params int[] tokens)
    {
        var pairs = BytePairs.Of(encoding, null);
        Assert.Equal(count, pairs.Count);
        Assert.Equal(tokens, pairs.Encode(text, "t"));
    }

    [Fact]
    public void Files_give_the_tokens_that_merging_by_hand_gives()
    {
        var text = File.ReadAllText(Files.Path)[..30_000] + "naïve 東京 😀\t\r\n\n  it's 1234";
        var files = TokenFiles.Read(Files)!;
        var vocabulary = files.Tokens();
        var ranks = files.Merges.Split('\n').Select((pair, rank) => (pair, rank)).Where(p => p.pair.Length > 0).ToDictionary(p => p.pair, p => p.rank);
        var expected = new List<int>();
        foreach (Match word in Regex.Matches(text, @"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"))
        {
            var parts = Encoding.UTF8.GetBytes(word.Value).Select(b => TokenFiles.ByteCharacters[b].ToString()).ToList();
            while (Enumerable.Range(0, parts.Count - 1).Where(i => ranks.ContainsKey($"{parts[i]} {parts[i + 1]}"))
                .OrderBy(i => ranks[$"{parts[i]} {parts[i + 1]}"]).ThenBy(i => i).Cast<int?>().FirstOrDefault() is { } at)
            {
                parts[at] += parts[at + 1];
                parts.RemoveAt(at + 1);
            }

            expected.AddRange(parts.Select(p => vocabulary[p]));
        }

        var actual = Of(Files).Encode(text, "t");
        Assert.Equal(expected, actual);
        Assert.True(actual.Count < 0.6 * text.Length); // it does merge
        Assert.Equal(1024, Of(Files).Count);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(TokenEncoding.O200kBase)]
    public void Shards_laid_end_to_end_are_the_text_each_encoded_by_itself(TokenEncoding? encoding)
    {
        var text = string.Concat(Enumerable.Repeat("naïve 東京 😀 the quick brown fox\n", 40));
        var data = Files with { Path = _folder.Write("t.txt", text), Encoding = encoding, Vocab = encoding is null ? Files.Vocab : null, Merges = encoding is null ? Files.Merges : null };
        foreach (var shards in new[] { 1, 3, 7 })
        {
            var decoder = new TokenText(Of(data));
            var read = Enumerable.Range(0, shards).SelectMany(v => Tokens(data, v, shards)).SelectMany(decoder.Next).ToArray();
            Assert.Equal(text, Encoding.UTF8.GetString(read));
            Assert.Equal(Tokens(data, 0, shards), Tokens(data, 0, shards));
        }

        Assert.NotEqual(Tokens(data, 0, 1).Length, Enumerable.Range(0, 7).Sum(v => Tokens(data, v, 7).Length)); // the cut is V's

        static int[] Tokens(DataSection data, int shard, int shards)
        {
            var source = TextSource.Read(new SourcePart(data.Path, null, shard, shards), TokenKind.Bpe, 1, Of(data));
            return [source.Pairs(0).First().First, .. Enumerable.Range(0, source.Rows).Select(r => source.Pairs(r).First().Second)];
        }
    }

    [Fact]
    public void A_character_in_several_tokens_is_whole_in_the_end()
    {
        var vocabulary = TokenFiles.Read(Files)!.Tokens();
        int[] tokens = [.. Encoding.UTF8.GetBytes("é😀!").Select(b => vocabulary[TokenFiles.ByteCharacters[b].ToString()])];
        var files = new TokenText(Of(Files));
        Assert.Equal("é😀!", Encoding.UTF8.GetString([.. tokens.SelectMany(files.Next)]));

        var named = new TokenText(BytePairs.Of(TokenEncoding.Cl100kBase, null)); // where 😀 is 76460, 222
        Assert.Equal(["", "😀", "!"], new[] { 76460, 222, 0 }.Select(t => Encoding.UTF8.GetString(named.Next(t))));
        // A continuation that nothing began, and a beginning that nothing continues.
        Assert.Equal("\uFFFD!", string.Concat(new[] { 222, 0 }.Select(t => Encoding.UTF8.GetString(named.Next(t)))));
        Assert.Equal("\uFFFD!", string.Concat(new[] { 76460, 0 }.Select(t => Encoding.UTF8.GetString(named.Next(t)))));
    }

    [Theory]
    [InlineData(null)]
    [InlineData(TokenEncoding.Cl100kBase)]
    public void A_model_carries_what_it_needs_to_go_on_from_a_prompt(TokenEncoding? encoding)
    {
        var (vocab, merges) = (_folder.Write("v.json", File.ReadAllText(Files.Vocab!)), _folder.Write("m.txt", File.ReadAllText(Files.Merges!)));
        var data = Files with { Encoding = encoding, Vocab = encoding is null ? vocab : null, Merges = encoding is null ? merges : null };
        var model = new ModelSection { Kind = "transformer", Layers = 1, Width = 4, Heads = 1, Context = 4 };
        var facts = new DataFacts(new InputShape(0, Of(data).Count), [], [1], [0], null);
        var shape = ModelShape.Of(model, facts.Shape);
        var weights = new float[ModelShape.Weights(shape)];
        InitialWeights.Fill<float>(shape, 1, weights);
        SavedModel.Write(_folder["model.safetensors"], new Job(1, "j", model, data, new TrainingSection { Epochs = 1 }), facts, shape, weights);
        var expected = Of(data).Encode("public sealed", "t");
        File.Delete(vocab);
        File.Delete(merges);
        ModelExport.Write(TrainedModel.Load(_folder["model.safetensors"]), ExportFormat.Safetensors, _folder["copy.safetensors"]);
        var text = "";
        foreach (var file in new[] { "model.safetensors", "copy.safetensors" })
        {
            var read = TrainedModel.Load(_folder[file]);
            var vocabulary = new Vocabulary(read);
            using var generator = new Generator(read);
            var prompt = vocabulary.Encode("public sealed");
            Assert.Equal(expected, prompt);
            var made = string.Concat(prompt.Concat(generator.Continue(prompt, new Sampler(1, 0), 1).Take(20)).Select(t => Encoding.UTF8.GetString(vocabulary.Decode(t))));
            Assert.StartsWith("public sealed", made);
            Assert.True(text.Length == 0 || text == made);
            text = made;
        }

        SavedModel.Write(_folder["other.safetensors"], new Job(1, "j", model, data with { Encoding = TokenEncoding.O200kBase, Vocab = null, Merges = null }, new TrainingSection { Epochs = 1 }), facts, shape, weights);
        Assert.Contains("tokens, but its vocabulary has 200019", Assert.Throws<JobException>(() => new Vocabulary(TrainedModel.Load(_folder["other.safetensors"]))).Message);
    }

    [Theory]
    [InlineData("[1, 2]", "", "v.json: it is no JSON object of tokens and their numbers (")]
    [InlineData("{\"a\": 0, \"b\"", "", "v.json: it is no JSON object of tokens and their numbers (")]
    [InlineData("{\"a\": 0, \"b\": \"1\"}", "", "v.json: it is no JSON object of tokens and their numbers (")]
    [InlineData("{\"a\": 0, \"a\": 1}", "", "v.json: it is no JSON object of tokens and their numbers (")]
    [InlineData("{\"a\": 0, \"b\": 0}", "", "v.json: two tokens have the number 0, 'b' and 'a'.")]
    [InlineData("{\"a\": 0, \"b\": -1}", "", "v.json: the number of the token 'b' is -1, and not a whole one from 0 to 16777215.")]
    [InlineData("{\"a\": 0, \"b\": 999999999}", "", "v.json: the number of the token 'b' is 999999999, and not")]
    [InlineData("{\"a\": 0}", "", "v.json: it has 1 token.")]
    [InlineData("{\"a\": 0, \"b\": 1, \"ab\": 2}", "#version: 0.2\na b\nab\n", "m.txt:3: 'ab' is not two tokens with a space between them.")]
    [InlineData("{\"a\": 0, \"b\": 1}", "a b\n", "m.txt:1: 'ab' is no token of v.json.")]
    [InlineData("{\"a\": 0, \"ac\": 1}", "a c\n", "m.txt:1: 'c' is no token of v.json.")]
    [InlineData("{\"a\": 0, \"b\": 1}", "", "t.txt has 'c' (U+0063), but v.json has no token for its byte 0x63.")]
    public void A_damaged_vocabulary_ends_with_one_message(string vocab, string merges, string message) => Assert.StartsWith(message, DataFolder.Error(Files with
    {
        Path = _folder.Write("t.txt", "abcabcabc"),
        Vocab = _folder.Write("v.json", vocab),
        Merges = _folder.Write("m.txt", merges),
        Shards = 1,
    }));

    [Fact]
    public void A_vocabulary_that_changes_while_a_job_runs_is_noticed()
    {
        var data = Files with { Path = _folder.Write("t.txt", "abababababab"), Vocab = _folder.Write("v.json", "{\"a\": 0, \"b\": 1}"), Merges = _folder.Write("m.txt", ""), Shards = 1 };
        var job = DataFolder.Job(data);
        var facts = DataCheck.Run(job, 1).Facts;
        Assert.Equal(new InputShape(0, 2), facts.Shape);
        ShardData.Read(job, 0).Prepare(facts).Dispose();
        _folder.Write("v.json", "{\"a\": 1, \"b\": 0}");
        Assert.StartsWith("v.json or m.txt is not the file that the job began with.", Assert.Throws<JobException>(() => ShardData.Read(job, 0).Prepare(facts)).Message);
    }
}
