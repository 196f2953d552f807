namespace Granary.Jobs;

/// <summary>Rules that tie keys of different places together.</summary>
internal static class CrossChecks
{
    private static readonly DataFormat[] TableFormats = [DataFormat.Csv, DataFormat.Parquet];
    private static readonly DataFormat[] NumberFormats = [.. Enum.GetValues<DataFormat>().Where(f => f != DataFormat.Text)];

    private static readonly (string Key, ModelKind[] Kinds)[] ModelKeys =
    [
        ("hidden", [ModelKind.Mlp]),
        ("loss", [ModelKind.Mlp]),
        ("activation", [ModelKind.Mlp, ModelKind.Transformer]),
        ("layers", [ModelKind.Transformer]),
        ("width", [ModelKind.Transformer, ModelKind.SkipGram]),
        ("heads", [ModelKind.Transformer]),
        ("keyWidth", [ModelKind.Transformer]),
        ("context", [ModelKind.Transformer]),
        ("layerNorm", [ModelKind.Transformer]),
        ("biases", [ModelKind.Transformer]),
        ("tiedUnembedding", [ModelKind.Transformer]),
        ("dropout", [ModelKind.Transformer]),
        ("window", [ModelKind.SkipGram]),
        ("negatives", [ModelKind.SkipGram]),
    ];

    private static readonly (string Key, DataFormat[] Formats)[] DataKeys =
    [
        ("label", TableFormats),
        ("delimiter", [DataFormat.Csv]),
        ("missing", TableFormats),
        ("missingValues", TableFormats),
        ("ignore", TableFormats),
        ("target", NumberFormats),
        ("cache", [DataFormat.Csv]),
        ("labels", [DataFormat.Idx]),
        ("features", [DataFormat.Libsvm]),
        ("standardize", NumberFormats),
        ("tokens", [DataFormat.Text]),
        ("vocabulary", [DataFormat.Text]),
    ];

    public static void Check(Job job, YamlMap model, YamlMap data, YamlMap training)
    {
        var kind = job.Model.Kind;
        if (model.Has("options") && kind != ModelKind.Own)
        {
            throw model.Error("options", $"model.options has no meaning for {Kebab.Name(kind)}: it belongs to kinds of one's own.");
        }

        foreach (var (key, kinds) in ModelKeys)
        {
            // cross-entropy is what every kind minimises, so that saying so does no harm.
            if (model.Has(key) && !kinds.Contains(kind) && !(key == "loss" && job.Model.Loss == Loss.CrossEntropy))
            {
                throw model.Error(key, $"model.{key} has no meaning for {job.Model.KindName()}: it belongs to {Names(kinds)}.");
            }
        }

        foreach (var (key, formats) in DataKeys)
        {
            if (data.Has(key) && !formats.Contains(job.Data.Format))
            {
                throw data.Error(key, $"data.{key} has no meaning for {Kebab.Name(job.Data.Format)}: it belongs to {Names(formats)}.");
            }
        }

        var reads = kind is ModelKind.Transformer or ModelKind.SkipGram;
        if (reads != (job.Data.Format == DataFormat.Text))
        {
            throw data.Error("format", reads
                ? $"model.kind is {Kebab.Name(kind)}, which learns from text: set data.format to text."
                : $"data.format is text, which a transformer and a skip-gram learn from: {job.Model.KindName()} needs {Names(NumberFormats, "or")}.");
        }

        if (job.Training.Optimizer.Kind == OptimizerKind.Lbfgs && job.Model is { Dropout: > 0 } or { Negatives: > 0 })
        {
            var key = job.Model.Dropout > 0 ? "dropout" : "negatives";
            throw model.Error(key, $"model.{key} is drawn anew in every pass, but lbfgs compares passes with each other: set it to 0, or choose another training.optimizer.kind.");
        }

        if (job.Training.ClassWeights is not null && job.Data.Format == DataFormat.Text)
        {
            throw training.Error("classWeights", "training.classWeights has no meaning for text: its examples have no class.");
        }

        foreach (var (key, asked) in new[] { ("earlyStopping", job.Training.EarlyStopping is not null), ("keep", job.Training.Keep == KeptModel.Best) })
        {
            if (asked && job.Data.Validation is { Path: null, Fraction: 0 })
            {
                throw training.Error(key, $"training.{key} goes by held-out examples, but none are held out: set data.validation.fraction, or data.validation.path.");
            }
        }

        if (reads && job.Data.HasWords != (kind == ModelKind.SkipGram))
        {
            throw data.Error("tokens", kind == ModelKind.SkipGram
                ? $"data.tokens is {Kebab.Name(job.Data.Tokens)}, but a skip-gram learns from words: set data.tokens to word or whitespace."
                : $"data.tokens is {Kebab.Name(job.Data.Tokens)}, which a skip-gram learns from: a transformer needs char, byte or bpe.");
        }

        CheckBytePairs(job.Data, data);
        CheckKept(job.Data, data);
        if (data.Has("minCount") && !job.Data.HasWords)
        {
            throw data.Error("minCount", "data.minCount has no meaning for "
                + (reads ? Kebab.Name(job.Data.Tokens) : Kebab.Name(job.Data.Format)) + ": it belongs to texts of words (data.tokens).");
        }

        if (kind == ModelKind.Transformer && job.Model.KeyWidth is null && job.Model.Width % job.Model.Heads != 0)
        {
            throw model.Error("heads", $"model.width is {job.Model.Width}, which {job.Model.Heads} heads do not divide: "
                + "every head needs an equal part of the width. Choose another number, or set model.keyWidth.");
        }

        if (kind == ModelKind.Transformer && 3L * job.Model.Heads * job.Model.HeadWidth() > int.MaxValue)
        {
            throw model.Error("keyWidth", $"{job.Model.Heads} heads of {job.Model.HeadWidth()} numbers each are more than a matrix can hold. "
                + "Set a smaller model.keyWidth, or fewer model.heads.");
        }
    }

    private static void CheckBytePairs(DataSection section, YamlMap data)
    {
        var bpe = section is { Format: DataFormat.Text, Tokens: TokenKind.Bpe };
        foreach (var key in new[] { "encoding", "vocab", "merges" }.Where(k => !bpe && data.Has(k)))
        {
            throw data.Error(key, $"data.{key} belongs to texts of byte pairs: set data.tokens to bpe, or leave it out.");
        }

        if (bpe && (section.Vocab is null) != (section.Merges is null))
        {
            throw data.Error("tokens", "data.vocab and data.merges go together: a vocabulary of byte pairs is two files.");
        }

        if (bpe && (section.Encoding is null) == (section.Vocab is null))
        {
            throw data.Error("tokens", "data.tokens is bpe, which needs a vocabulary: either data.encoding ("
                + $"{Names(Enum.GetValues<TokenEncoding>(), "or")}), or data.vocab and data.merges.");
        }
    }

    private static void CheckKept(DataSection section, YamlMap data)
    {
        if (section.Vocabulary is null)
        {
            return;
        }

        if (section.Tokens is TokenKind.Byte or TokenKind.Bpe)
        {
            throw data.Error("vocabulary", $"data.vocabulary has no meaning for tokens of kind {Kebab.Name(section.Tokens)}, whose vocabulary does not depend on the text"
                + (section.Tokens == TokenKind.Bpe ? ": give the model's own data.encoding, or data.vocab and data.merges." : ": leave it out."));
        }

        if (data.Has("minCount"))
        {
            throw data.Error("minCount", "data.minCount has no meaning beside data.vocabulary: the words are those of the model. Leave one of the two out.");
        }
    }

    private static string Names<T>(IReadOnlyList<T> values, string last = "and")
        where T : struct, Enum => values.Count == 1
            ? Kebab.Name(values[0])
            : $"{string.Join(", ", values.SkipLast(1).Select(Kebab.Name))} {last} {Kebab.Name(values[^1])}";
}
