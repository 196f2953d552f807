namespace Granary.Jobs.Tests;

/// <summary>The key data.vocabulary.</summary>
public sealed class KeptVocabularyTests : IDisposable
{
    private const string Text = "version: 1\nmodel: { kind: transformer }\ndata: { format: text, path: t.txt }\ntraining: { epochs: 1 }\n";
    private const string Words = "version: 1\nmodel: { kind: skip-gram }\ndata: { format: text, path: t.txt, tokens: word }\ntraining: { epochs: 1 }\n";

    private readonly string _folder = Directory.CreateTempSubdirectory("granary-test-").FullName;

    public KeptVocabularyTests()
    {
        File.WriteAllText(Path.Combine(_folder, "t.txt"), "hello");
        Directory.CreateDirectory(Path.Combine(_folder, "run"));
        File.WriteAllText(Path.Combine(_folder, "run/model.safetensors"), "");
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private Job Parse(string text, params string[] overrides) => JobFile.Parse(text, "j.yaml", _folder, overrides, _folder);

    [Theory]
    [InlineData("run")]
    [InlineData("run/model.safetensors")]
    [InlineData("./run/")]
    public void It_names_a_model_or_the_folder_of_one(string path)
    {
        foreach (var text in new[] { Text, Words })
        {
            var job = Parse(text, $"data.vocabulary={path}");
            Assert.Equal(Path.Combine(_folder, "run/model.safetensors"), job.Data.Vocabulary);
            Assert.Equal(job, Parse(JobFile.Write(job)));
            Assert.NotEqual(job, Parse(text));
        }

        Assert.Null(Parse(Text).Data.Vocabulary);
        Assert.DoesNotContain("vocabulary", JobFile.Write(Parse(Text)));
    }

    [Theory]
    [InlineData(Text, "none", "data.vocabulary: there is no file ")]
    [InlineData(Text, ".", "is a folder, not a file")]
    [InlineData(Text, "", "data.vocabulary is '', which is no path.")]
    public void A_path_that_leads_to_no_model_is_refused(string text, string path, string message) =>
        Assert.Contains(message, Assert.Throws<JobException>(() => Parse(text, $"data.vocabulary='{path}'")).Message);

    [Theory]
    [InlineData("data.tokens=byte", "data.vocabulary has no meaning for tokens of kind byte, whose vocabulary does not depend on the text: leave it out.")]
    [InlineData("data={format: text, path: t.txt, tokens: bpe, encoding: o200k-base, vocabulary: run}", "give the model's own data.encoding, or data.vocab and data.merges.")]
    [InlineData("data={format: csv, path: t.txt, label: y, vocabulary: run}", "data.vocabulary has no meaning for csv: it belongs to text.")]
    public void It_belongs_to_texts_whose_vocabulary_is_theirs(string item, string message) =>
        Assert.Contains(message, Assert.Throws<JobException>(() => Parse(Text, "data.vocabulary=run", item)).Message);

    [Fact]
    public void Words_are_not_chosen_by_their_number_then() => Assert.Contains(
        "data.minCount has no meaning beside data.vocabulary",
        Assert.Throws<JobException>(() => Parse(Words, "data.vocabulary=run", "data.minCount=3")).Message);

    [Fact]
    public void Words_keep_the_order_of_the_model_and_count_what_the_text_has()
    {
        var data = Parse(Words, "data.vocabulary=run").Data;
        ShardSurvey Survey(int shard, string[] words, long[] counts) => new(shard, 5, 0, 0, words, [])
        {
            ClassCounts = counts,
            KeptVocabulary = shard == 0 ? ["<unk>", "sun", "sea", "sky"] : null,
        };

        var kept = WordVocabulary.Of(data, [Survey(0, ["sea", "new"], [2, 1]), Survey(1, ["sun", "sea", "other"], [7, 1, 4])]);
        Assert.Equal(["<unk>", "sun", "sea", "sky"], kept.Words);
        Assert.Equal([5, 7, 3, 0], kept.Counts);
        Assert.Contains("1 of its 2 words are among the 4 of ", Assert.Throws<JobException>(() => WordVocabulary.Of(data, [Survey(0, ["sea", "new"], [2, 9])])).Message);
    }
}
