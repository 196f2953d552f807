namespace Granary.Jobs;

/// <summary>The job file's <c>model</c> section.</summary>
internal static class ModelKeys
{
    /// <summary>Its keys.</summary>
    public static JobSection Section(Lens<ModelSection> model)
    {
        var mlp = Kinds.Model.Only(ModelKind.Mlp);
        var transformer = Kinds.Model.Only(ModelKind.Transformer);
        var skipGram = Kinds.Model.Only(ModelKind.SkipGram);
        return model.Section(
            "what is trained",
            model.Key("kind", m => (m.Kind, Own: m.OwnKind), (m, v) => m with { Kind = v.Kind, OwnKind = v.Own }, new KindOrOwn<ModelKind>(ModelKind.Own, OwnKinds.BuiltIn, () => OwnKinds.Names, "../how-to/own-models.md"),
                "the family of models")
                .Needed(),
            model.Key("options", m => m.Options, (m, v) => m with { Options = v }, new OptionList(), "what the model is told; one that it never asks for is refused")
                .For(Kinds.Model.Own(OwnKinds.BuiltIn.Keys)),
            model.Key("hidden", m => m.Hidden, (m, v) => m with { Hidden = v }, new Widths(), "widths of the hidden layers, first to last")
                .For(mlp).DefaultIs("none"),
            model.Key("activation", m => m.Activation, (m, v) => m with { Activation = v }, new Choice<Activation>(),
                "after each hidden layer; in a transformer between the up- and the down-projection")
                .For(Kinds.Model.Only(ModelKind.Mlp, ModelKind.Transformer)),
            model.Key("loss", m => m.Loss, (m, v) => m with { Loss = v }, new Choice<Loss>(),
                "what is minimised; with squared-error the activation follows the last layer too")
                .For(mlp).AlwaysMayBe(Loss.CrossEntropy), // which every kind minimises
            model.Key("precision", m => m.Precision, (m, v) => m with { Precision = v }, new Choice<Precision>(),
                "the numbers that weights, gradients and activations are made of"),
            model.Key("init", m => m.Init, (m, v) => m with { Init = v }, NamedFile.SavedModel, "[weights to start from](../how-to/use-a-model.md)"),
            model.Key("layers", m => m.Layers, (m, v) => m with { Layers = v }, new WholeNumber(1, 10_000), "blocks")
                .For(transformer),
            model.Key("width", m => m.Width, (m, v) => m with { Width = v }, new WholeNumber(1, 1 << 20), "width of the stream, or of a word's vector")
                .For(Kinds.Model.Only(ModelKind.Transformer, ModelKind.SkipGram)),
            model.Key("heads", m => m.Heads, (m, v) => m with { Heads = v }, new WholeNumber(1, 1 << 20),
                "attention heads of a block; divides the width unless `keyWidth` is given")
                .For(transformer),
            model.Key("keyWidth", m => m.KeyWidth, (m, v) => m with { KeyWidth = v }, new OrNothing<int>(new WholeNumber(1, 1 << 20)),
                "numbers in one head's query and key")
                .For(transformer).DefaultIs("width / heads"),
            model.Key("context", m => m.Context, (m, v) => m with { Context = v }, new WholeNumber(1, 1 << 20), "tokens that an example holds")
                .For(transformer),
            model.Key("layerNorm", m => m.LayerNorm, (m, v) => m with { LayerNorm = v }, new TrueOrFalse(),
                "a norm before each attention, each MLP block and the unembedding")
                .For(transformer),
            model.Key("biases", m => m.Biases, (m, v) => m with { Biases = v }, new TrueOrFalse(), "whether linear maps have biases and norms have offsets")
                .For(transformer),
            model.Key("tiedUnembedding", m => m.TiedUnembedding, (m, v) => m with { TiedUnembedding = v }, new TrueOrFalse(),
                "whether the unembedding is the token embedding itself")
                .For(transformer),
            model.Key("dropout", m => m.Dropout, (m, v) => m with { Dropout = v }, RealNumber.Share,
                "the part of embeddings, attention weights and block outputs that a training pass sets to 0")
                .For(transformer).Only(Kinds.LineSearch, 0, Drawn),
            model.Key("window", m => m.Window, (m, v) => m with { Window = v }, new WholeNumber(1, 1 << 20),
                "a word's contexts are so many words before it and after it")
                .For(skipGram),
            model.Key("negatives", m => m.Negatives, (m, v) => m with { Negatives = v }, new WholeNumber(0, 1 << 16),
                "words drawn against each context; 0: the softmax over all words")
                .For(skipGram).Only(Kinds.LineSearch, 0, Drawn));
    }

    private const string Drawn = "is drawn anew in every pass, but lbfgs compares passes with each other: set it to 0, or choose another training.optimizer.kind.";
}
