using Granary.Jobs;
using Granary.Model.Files;
using Granary.Model.Tests.Files;
using Microsoft.ML.OnnxRuntime;
using static TorchSharp.torch;

namespace Granary.Model.Tests.Onnx;

/// <summary>Transformers and skip-grams in ONNX Runtime give the numbers of torch.</summary>
public class TextExportTests
{
    public static TheoryData<string> Transformers => ["plain", "options", "bytes", "no biases", "float64", "one key wide"];

    private static TrainedModel Transformer(string name) => name switch
    {
        "plain" => SampleModels.Transformer(),
        "options" => SampleModels.Options(),
        "bytes" => SampleModels.Bytes(),
        "no biases" => SampleModels.Text(SampleModels.Transformer().Model with { Biases = false }, TokenKind.Char, ["a", "b", "c"]),
        "float64" => SampleModels.Text(SampleModels.Transformer().Model with { Precision = Precision.Float64, Biases = false, Activation = Activation.Tanh }, TokenKind.Char, ["a", "b", "c"]),
        _ => SampleModels.Text(new ModelSection { Kind = "transformer", Layers = 1, Width = 4, Heads = 1, KeyWidth = 1, Context = 8, TiedUnembedding = true }, TokenKind.Char, ["a", "b", "c"]),
    };

    [Theory]
    [MemberData(nameof(Transformers))]
    public void A_transformer_s_logits_are_torch_s_for_any_batch_and_length(string name)
    {
        var model = Transformer(name);
        var random = new Random(5);
        foreach (var (b, t) in new[] { (1, 1), (1, 8), (3, 5) })
        {
            Agrees(model, [.. Enumerable.Range(0, b * t).Select(_ => (long)random.Next(model.Facts.Shape.Classes))], b, t);
        }
    }

    /// <summary>Logits, to 1e-5 of their own size where they are large.</summary>
    /// <param name="model">A transformer.</param>
    /// <param name="tokens">[B, T].</param>
    /// <param name="b">B.</param>
    /// <param name="t">T.</param>
    internal static void Agrees(TrainedModel model, long[] tokens, int b, int t)
    {
        using var session = new OnnxSession(model);
        using var outputs = session.Run("tokens", tokens, b, t);
        var logits = outputs.Numbers("logits");
        Assert.Equal(b * t * model.Facts.Shape.Classes, logits.Length);
        Assert.All(logits.Zip(Torch(model, tokens, b, t)), v => Assert.Equal(v.Second, v.First, 1e-5 * Math.Max(1, Math.Abs(v.Second))));
    }

    [Fact]
    public void More_tokens_than_the_context_and_ids_that_are_none_are_refused()
    {
        using var session = new OnnxSession(SampleModels.Transformer(context: 1)); // a position of one alone could be stretched over all tokens
        Assert.Contains("out of data bounds", Assert.Throws<OnnxRuntimeException>(() => session.Run("tokens", [0L, 1L], 1, 2)).Message);
        Assert.Contains("out of data bounds", Assert.Throws<OnnxRuntimeException>(() => session.Run("tokens", [6L], 1, 1)).Message);
    }

    [Fact]
    public void A_skip_gram_looks_words_up()
    {
        var model = SampleModels.Words();
        using var session = new OnnxSession(model);
        using var outputs = session.Run("words", ["😀", "the", "nobody", "naïve"], 4);
        long[] ids = [3, 1, 0, 2]; // an unknown word is <unk>
        Assert.Equal(ids, outputs.Get<long>("ids"));
        Assert.Equal(ids.SelectMany(id => model.Weights.AsSpan((int)id * 5, 5).ToArray()), outputs.Get<float>("vectors"));
        Assert.Equal("opset 17, words string [N] -> ids int64 [N], vectors float32 [N, 5]", session.Description);
    }

    [Fact]
    public void A_word_that_a_skip_gram_without_unk_does_not_know_has_no_id_and_a_vector_of_zeros()
    {
        var model = SampleModels.Text(new ModelSection { Kind = "skip-gram", Width = 2 }, TokenKind.Word, ["the", "silo"]);
        using var session = new OnnxSession(model);
        using var outputs = session.Run("words", ["nobody", "silo"], 2);
        Assert.Equal([-1L, 1L], outputs.Get<long>("ids"));
        Assert.Equal([0, 0, model.Weights[2], model.Weights[3]], outputs.Get<float>("vectors"));
    }

    private static double[] Torch(TrainedModel model, long[] tokens, int b, int t)
    {
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        using var parameters = model.Parameters();
        return model.Network().Outputs(parameters.Views, tensor(tokens, [b, t], ScalarType.Int64)).to(ScalarType.Float64).flatten().data<double>().ToArray();
    }
}
