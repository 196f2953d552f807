namespace Granary.Jobs;

/// <summary>Rules that tie values of different keys together. Which keys a kind has at all is declared with the keys.</summary>
internal static class CrossChecks
{
    private static readonly DataFormat[] NumberFormats = [.. Enum.GetValues<DataFormat>().Where(f => f != DataFormat.Text)];

    public static void Check(Job job, YamlMap file)
    {
        var (model, data, training) = (file.Map("model"), file.Map("data"), file.Map("training"));
        CheckValidation(job.Data, data.Map("validation"));
        if (job.Data.Label is { } label && job.Data.Ignore.Contains(label))
        {
            throw data.Error("ignore", $"data.ignore names '{label}', which is the label (data.label).");
        }

        var kind = job.Model.Kind;
        var reads = kind is ModelKind.Transformer or ModelKind.SkipGram;
        if (reads != (job.Data.Format == DataFormat.Text))
        {
            throw data.Error("format", reads
                ? $"model.kind is {Kebab.Name(kind)}, which learns from text: set data.format to text."
                : $"data.format is text, which a transformer and a skip-gram learn from: {job.Model.KindName()} needs {KeyWords.List(NumberFormats, "or")}.");
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
        if (bpe && (section.Vocab is null) != (section.Merges is null))
        {
            throw data.Error("tokens", "data.vocab and data.merges go together: a vocabulary of byte pairs is two files.");
        }

        if (bpe && (section.Encoding is null) == (section.Vocab is null))
        {
            throw data.Error("tokens", "data.tokens is bpe, which needs a vocabulary: either data.encoding ("
                + $"{KeyWords.List(Enum.GetValues<TokenEncoding>(), "or")}), or data.vocab and data.merges.");
        }
    }

    private static void CheckKept(DataSection section, YamlMap data)
    {
        if (section.Vocabulary is not null && data.Has("minCount"))
        {
            throw data.Error("minCount", "data.minCount has no meaning beside data.vocabulary: the words are those of the model. Leave one of the two out.");
        }
    }

    private static void CheckValidation(DataSection section, YamlMap validation)
    {
        if (section.Validation is { Path: not null, Fraction: > 0 })
        {
            throw validation.Error("fraction", "data.validation has a fraction and a path: held-out examples come from one or the other.");
        }

        if (section.Validation is { Labels: not null, Path: null })
        {
            throw validation.Error("labels", "data.validation.labels stands alone: data.validation.path, the images' file, is missing.");
        }

        if (section is { Format: DataFormat.Idx, Validation: { Path: not null, Labels: null } })
        {
            throw validation.Error("path", "data.validation.labels is missing: idx images need their labels' file.");
        }
    }
}
