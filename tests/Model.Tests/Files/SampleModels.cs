using Granary.Jobs;
using Granary.Model.Files;
using Granary.Model.Training;

namespace Granary.Model.Tests.Files;

/// <summary>Small models of every kind, as a job would have saved them.</summary>
internal static class SampleModels
{
    public static IEnumerable<TrainedModel> All() => [Logistic(), Softmax(), Mlp(), Transformer(), Bytes(), Options(), Words()];

    public static TrainedModel Logistic() => Table(new ModelSection { Kind = "logistic" }, ["no", "yes"]);

    public static TrainedModel Softmax() => Table(new ModelSection { Kind = "softmax" }, ["a", "b", "ü"]);

    public static TrainedModel Mlp() =>
        Table(new ModelSection { Kind = "mlp", Hidden = [5, 4], Activation = Activation.Tanh, Precision = Precision.Float64 }, ["0", "1", "2"]);

    public static TrainedModel Transformer(int context = 8) => Text(context, TokenKind.Char, ["\n", " ", "a", "b", "ß", "😀"]);

    public static TrainedModel Bytes() => Text(8, TokenKind.Byte, []);

    /// <summary>A transformer with every option that is off by default.</summary>
    public static TrainedModel Options() => Text(
        new ModelSection
        {
            Kind = "transformer",
            Layers = 2,
            Width = 10,
            Heads = 3,
            KeyWidth = 5,
            Context = 8,
            LayerNorm = false,
            Biases = false,
            TiedUnembedding = true,
            Dropout = 0.25,
        },
        TokenKind.Char,
        ["a", "b", "c"]);

    public static TrainedModel Words() => Text(
        new ModelSection { Kind = "skip-gram", Width = 5, Window = 2, Negatives = 3 }, TokenKind.Whitespace, ["<unk>", "the", "naïve", "😀"]);

    public static void Write(TrainedModel model, string path) => SavedModel.Write(
        path, new Job(1, "j", model.Model, model.Data, new TrainingSection { Epochs = 1 }), model.Facts, model.Shape, model.Weights);

    public static TrainedModel Table(ModelSection model, string[] classes)
    {
        var facts = new DataFacts(new InputShape(2, classes.Length), classes, [1], [0], new Scaling([1, 2], [3, 4])) { Columns = ["one", "two"] };
        return Create(model, new DataSection { Format = "csv", Path = "/d/points.csv", Label = "label", Standardize = true }, facts);
    }

    public static TrainedModel Numbers(ModelSection model) => Create(
        model,
        new DataSection { Format = "csv", Path = "/d/houses.csv", Label = "price", Target = LabelTarget.Number, StandardizeTarget = true },
        new DataFacts(new InputShape(2, 0), [], [1], [0], null) { Columns = ["one", "two"], TargetScaling = new TargetScaling(250, 80) });

    public static TrainedModel Labels(ModelSection model) => Create(
        model,
        new DataSection { Format = "csv", Path = "/d/tickets.csv", Target = LabelTarget.Labels, LabelColumns = ["urgent", "billing, late", "spam"], Standardize = true },
        new DataFacts(new InputShape(2, 3) { IsMultiLabel = true }, ["urgent", "billing, late", "spam"], [1], [0], new Scaling([1, 2], [3, 4])) { Columns = ["one", "two"] });

    private static TrainedModel Text(int context, TokenKind tokens, string[] vocabulary) => Text(
        new ModelSection { Kind = "transformer", Layers = 2, Width = 12, Heads = 3, Context = context, Activation = Activation.Gelu },
        tokens,
        vocabulary);

    public static TrainedModel Text(ModelSection model, TokenKind tokens, string[] vocabulary) => Create(
        model,
        new DataSection { Format = "text", Path = "/d/text.txt", Tokens = tokens },
        new DataFacts(new InputShape(0, tokens == TokenKind.Byte ? 256 : vocabulary.Length), vocabulary, [1], [0], null));

    // Linear models start at zero, which would hide which weight is which: every parameter is made random here.
    public static TrainedModel Create(ModelSection model, DataSection data, DataFacts facts)
    {
        var shape = ModelShape.Of(model, facts.Shape);
        var weights = new float[ModelShape.Weights(shape)];
        InitialWeights.Fill<float>([.. shape.Select(p => p with { Start = Initialisation.Uniform, Scale = 0.5 })], 7, weights);
        return new TrainedModel("sample", model, data, facts, shape, weights);
    }
}
