namespace Granary.Jobs;

/// <summary>The job file's <c>model</c> section.</summary>
internal static class ModelKeys
{
    /// <summary>Its keys.</summary>
    public static JobSection Section(Lens<ModelSection> model) =>
        model.Section(
            "what is trained",
            model.Key("kind", m => m.Kind, (m, v) => m with { Kind = v }, new NameOfKind([.. ModelKinds.BuiltIn.Select(d => d.Kind)], () => ModelKinds.Own, "../how-to/own-models.md"),
                "the family of models")
                .Needed(),
            model.Key("options", m => m.Options, (m, v) => m with { Options = v }, new OptionList(), "options of the model; one that it never reads is refused")
                .For(Kinds.Model.Own(k => ModelKinds.Of(k).Keys.Contains("options"))),
            model.Key("channels", m => m.Filters(), (m, v) => m with { Channels = v }, new Widths(),
                "filters of each convolution, first to last; after each the image has half the height and half the width")
                .For(Takes("channels")).DefaultIs("[16, 32]"),
            model.Key("hidden", m => m.Hidden, (m, v) => m with { Hidden = v }, new Widths(), "widths of the hidden layers, first to last")
                .For(Takes("hidden")).DefaultIs("none"),
            model.Key("activation", m => m.Activation, (m, v) => m with { Activation = v }, new Choice<Activation>(),
                "after each convolution and each hidden layer; in a transformer between the up- and the down-projection")
                .For(Takes("activation")),
            model.Key("loss", m => m.Loss, (m, v) => m with { Loss = v }, new Choice<Loss>(),
                "what is minimised: [see below](#losses)")
                .For(Takes("loss")).DefaultFor(Takes("loss").And(Kinds.Target.Only(LabelTarget.Number), Unasked, "target: number"), Loss.SquaredError)
                .AlwaysMayBe(Loss.CrossEntropy), // which every other kind minimises
            model.Key("delta", m => m.Delta, (m, v) => m with { Delta = v }, RealNumber.Positive,
                "the error from which on the loss grows in proportion to it, in the units that the target is trained in")
                .For(Takes("loss", Loss.Huber)),
            model.Key("quantile", m => m.Quantile, (m, v) => m with { Quantile = v }, RealNumber.Inner, "which quantile of the target is learned; 0.5 is the median")
                .For(Takes("loss", Loss.Quantile)),
            model.Key("precision", m => m.Precision, (m, v) => m with { Precision = v }, new Choice<Precision>(),
                "the numbers that weights, gradients and activations are made of"),
            model.Key("init", m => m.Init, (m, v) => m with { Init = v }, NamedFile.SavedModel, "[weights to start from](../how-to/use-a-model.md)"),
            model.Key("layers", m => m.Layers, (m, v) => m with { Layers = v }, new WholeNumber(1, 10_000), "blocks")
                .For(Takes("layers")),
            model.Key("width", m => m.Width, (m, v) => m with { Width = v }, new WholeNumber(1, 1 << 20), "width of the stream, or of a word's vector")
                .For(Takes("width")),
            model.Key("heads", m => m.Heads, (m, v) => m with { Heads = v }, new WholeNumber(1, 1 << 20),
                "attention heads of a block; divides the width unless `keyWidth` is given")
                .For(Takes("heads")),
            model.Key("keyWidth", m => m.KeyWidth, (m, v) => m with { KeyWidth = v }, new OrNothing<int>(new WholeNumber(1, 1 << 20)),
                "numbers in one head's query and key")
                .For(Takes("keyWidth")).DefaultIs("width / heads"),
            model.Key("context", m => m.Context, (m, v) => m with { Context = v }, new WholeNumber(1, 1 << 20), "tokens that an example holds")
                .For(Takes("context")),
            model.Key("layerNorm", m => m.LayerNorm, (m, v) => m with { LayerNorm = v }, new TrueOrFalse(),
                "a norm before each attention, each MLP block and the unembedding")
                .For(Takes("layerNorm")),
            model.Key("biases", m => m.Biases, (m, v) => m with { Biases = v }, new TrueOrFalse(), "whether linear maps have biases and norms have offsets")
                .For(Takes("biases")),
            model.Key("tiedUnembedding", m => m.TiedUnembedding, (m, v) => m with { TiedUnembedding = v }, new TrueOrFalse(),
                "whether the unembedding is the token embedding itself")
                .For(Takes("tiedUnembedding")),
            model.Key("dropout", m => m.Dropout, (m, v) => m with { Dropout = v }, RealNumber.Share,
                "the part of embeddings, attention weights and block outputs that a training pass sets to 0")
                .For(Takes("dropout")).Only(Kinds.LineSearch, 0, Drawn),
            model.Key("window", m => m.Window, (m, v) => m with { Window = v }, new WholeNumber(1, 1 << 20),
                "a word's contexts are so many words before it and after it")
                .For(Takes("window")),
            model.Key("negatives", m => m.Negatives, (m, v) => m with { Negatives = v }, new WholeNumber(0, 1 << 16),
                "words drawn against each context; 0: the softmax over all words")
                .For(Takes("negatives")).Only(Kinds.LineSearch, 0, Drawn));

    // The kinds whose descriptions name the key.
    private static Belonging Takes(string key) => Kinds.Model.Where(kind => ModelKinds.Of(kind).Keys.Contains(key), kind => !ModelKinds.IsKnown(kind));

    // The same, with one loss.
    private static Belonging Takes(string key, Loss loss) => Takes(key).And(
        Kinds.Loss.Only(loss), (path, _) => $"{path} belongs to one loss: set model.loss to {Kebab.Name(loss)}, or take it out.", $"loss: {Kebab.Name(loss)}");

    // A default is no mistake.
    private static string Unasked(string key, Job job) => "";

    private const string Drawn = "is drawn anew in every pass, but lbfgs compares passes with each other: set it to 0, or choose another training.optimizer.kind.";
}
