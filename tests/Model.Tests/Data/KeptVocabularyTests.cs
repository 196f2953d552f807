using Granary.Jobs;
using Granary.Model.Data;
using Granary.Model.Evaluation;
using Granary.Model.Files;
using Granary.Model.Tests.Files;
using Granary.Model.Training;

namespace Granary.Model.Tests.Data;

/// <summary>A text that keeps a model's vocabulary: tokens mean what they meant to the model.</summary>
public sealed class KeptVocabularyTests : IDisposable
{
    private readonly DataFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private string Save(TrainedModel model)
    {
        SampleModels.Write(model, _folder["model.safetensors"]);
        return _folder["model.safetensors"];
    }

    private Job Characters(string text, int shards = 1, string? validation = null) => DataFolder.Job(new DataSection
    {
        Format = "text",
        Path = _folder.Write("new.txt", text),
        Vocabulary = Save(SampleModels.Transformer()), // \n, space, a, b, ß, 😀
        Shards = shards,
        Validation = new() { Path = validation is null ? null : _folder.Write("held.txt", validation) },
    });

    private Job Words(string text, params string[] vocabulary)
    {
        var model = SampleModels.Words();
        var job = DataFolder.Job(new DataSection
        {
            Format = "text",
            Path = _folder.Write("new.txt", text),
            Tokens = TokenKind.Whitespace,
            Vocabulary = Save(SampleModels.Text(model.Model, TokenKind.Whitespace, vocabulary)),
            Shards = 1,
        });
        return job with { Model = model.Model };
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Tokens_have_the_model_s_numbers_whatever_the_text_has(int shards)
    {
        const string Text = "abba ßab a😀b aabb abab ba\nab abba";
        var job = Characters(Text, shards);
        var (facts, _) = DataCheck.Run(job, 2);
        Assert.Equal(["\n", " ", "a", "b", "ß", "😀"], facts.Classes);
        Assert.Equal(6, facts.Shape.Classes);
        using var examples = ShardData.Read(job, 0).Prepare(facts);
        var tokens = examples.Training(0, 0, examples.TrainingRows).Inputs.data<long>().ToArray();
        Assert.Contains(string.Concat(tokens[..4].Select(t => facts.Classes[(int)t])), Text); // a window of the text
        Assert.All(tokens, t => Assert.InRange(t, 0, 5));
        var own = Characters("abababababab");
        Assert.Equal(["a", "b"], DataCheck.Run(own with { Data = own.Data with { Vocabulary = null } }, 1).Facts.Classes); // the text's own vocabulary
    }

    [Theory]
    [InlineData("abba ßab aeb", null, "new.txt: the character 'e' (U+0065) at byte 11 is not in the vocabulary of ")]
    [InlineData("ab😀\tba", null, "new.txt: the character (U+0009) at byte 6 is not in the vocabulary of ")]
    [InlineData("abababab", "ab c", "held.txt: the character 'c' (U+0063) at byte 3 is not in the vocabulary of ")]
    public void A_character_that_the_model_does_not_know_is_refused_by_file_and_offset(string text, string? validation, string message)
    {
        foreach (var shards in new[] { 1, 2 })
        {
            var e = Assert.Throws<JobException>(() => DataCheck.Run(Characters(text, shards, validation), 1));
            Assert.StartsWith(message, e.Message);
            Assert.Contains("leave data.vocabulary out", e.Message);
            Assert.DoesNotContain('\n', e.Message);
        }
    }

    [Fact]
    public void A_word_that_the_model_does_not_know_is_its_unknown_word_or_is_refused()
    {
        const string Text = "the sea the 😀 sea é";
        var (facts, _) = DataCheck.Run(Words(Text, "<unk>", "the", "naïve", "😀"), 1);
        Assert.Equal(["<unk>", "the", "naïve", "😀"], facts.Classes);
        Assert.Equal([3, 2, 0, 1], facts.ClassCounts);
        Assert.StartsWith(
            "new.txt: the word 'é' at byte 21 is not in the vocabulary of ",
            Assert.Throws<JobException>(() => DataCheck.Run(Words(Text, "the", "sea", "😀"), 1)).Message);
    }

    [Fact]
    public void Training_from_the_model_goes_on_as_if_the_text_were_its_own()
    {
        var job = Characters("abab abab\nabba");
        job = job with { Model = SampleModels.Transformer().Model with { Init = job.Data.Vocabulary } };
        var (facts, _) = DataCheck.Run(job, 1);
        var shape = ModelShape.Of(job.Model, facts.Shape);
        var flat = new float[ModelShape.Weights(shape)];
        InitialFile.Overlay<float>(job, facts, shape, flat);
        Assert.Equal(SampleModels.Transformer().Weights, flat);
        Assert.EndsWith($"all {shape.Count} parameters are taken.", InitialFile.Match(job, facts, shape)!.Describe());
    }

    [Fact]
    public void Silos_with_different_models_are_told_apart()
    {
        var job = Characters("abab abab\nabba");
        var facts = DataCheck.Run(job, 1).Facts;
        Save(SampleModels.Text(SampleModels.Transformer().Model, TokenKind.Char, ["\n", " ", "b", "a", "ß", "😀"]));
        Assert.Contains("(data.vocabulary) is not the one that the job began with", Assert.Throws<JobException>(() => ShardData.Read(job, 0).Prepare(facts)).Message);
    }

    [Fact]
    public void A_file_that_has_no_such_vocabulary_is_refused()
    {
        string Message(Job job) => Assert.Throws<JobException>(() => DataCheck.Run(job, 1)).Message;
        var job = Characters("abab abab");
        Save(SampleModels.Mlp());
        Assert.Contains("this model was trained on csv and has no vocabulary", Message(job));
        Save(SampleModels.Bytes());
        Assert.Contains("this model's tokens are of kind byte, and this job's of kind char. Set data.tokens to byte", Message(job));
        File.WriteAllText(job.Data.Vocabulary!, "nothing");
        Assert.StartsWith("data.vocabulary: ", Message(job));
    }

    [Fact]
    public void A_model_that_kept_a_vocabulary_needs_the_other_no_more()
    {
        var start = SampleModels.Transformer();
        var model = start with { Data = start.Data with { Vocabulary = "/gone/model.safetensors" } };
        SampleModels.Write(model, _folder["kept.safetensors"]);
        var loaded = TrainedModel.Load(_folder["kept.safetensors"]);
        Assert.Equal(start.Facts.Classes, loaded.Facts.Classes);
        var source = EvaluationSource.Read(loaded, _folder.Write("t.txt", "abab abab ab"), null, 0, 1);
        Assert.Equal(1, source.Rows);
        ModelExport.Write(loaded, ExportFormat.Safetensors, _folder["out.safetensors"]);
        Assert.Null(TrainedModel.Load(_folder["out.safetensors"]).Data.Vocabulary);
    }
}
