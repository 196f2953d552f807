using System.Text;
using Granary.Jobs;
using Granary.Model.Data;

namespace Granary.Model.Files;

/// <summary>What must hold between the parts of a saved model's metadata, which anybody may have changed.</summary>
internal static class SavedModelRules
{
    private const int MaxSize = 1 << 20;
    private const int Bytes = 256;

    /// <summary>What does not hold; null where all does.</summary>
    /// <param name="tensors">Tensors in the file: no more layers than these are believed, so that a forged number makes nothing large.</param>
    /// <exception cref="JobException">The kind is not known here, and what it learns from is not what every unknown kind is taken to learn from.</exception>
    public static string? Broken(ModelSection model, DataSection data, DataFacts facts, int tensors)
    {
        var (features, classes) = (facts.Shape.Features, facts.Shape.Classes);
        var kind = ModelKinds.Of(model);
        var text = kind.Examples != ExampleKind.Rows;
        return model.Layers < 1 || model.Hidden.Count >= tensors
                ? $"{Plural.Of(model.Layers, "layer")} and {Plural.Of(model.Hidden.Count, "hidden layer")} are no model of {Plural.Of(tensors, "tensor")}"
            : model.Hidden.Any(h => h < 1) ? "a hidden layer has no width"
            : model.Width is < 1 or > MaxSize || model.Context is < 1 or > MaxSize || model.Heads is < 1 or > MaxSize
                ? $"width {model.Width}, heads {model.Heads} and context {model.Context} are no transformer"
            : kind.Forged(model, tensors) is { } forged ? forged
            : (text != data.IsText || kind.Examples != data.Examples) && !ModelKinds.IsKnown(model.Kind) ? throw ModelKinds.Unknown(model.Kind)
            : text != data.IsText ? $"a {model.Kind} does not learn from {data.Format}"
            : BrokenTarget(model, data, facts, kind) is { } target ? target
            : !facts.Shape.IsNumber && (classes < 2 || (kind.Classes is { } number && classes != number && !data.IsMultiLabel)) ? Plural.Of(classes, "class")
            : facts.Threshold is not null && (facts.Shape.Classes != 2 || data.IsMultiLabel || model.Loss != Loss.CrossEntropy) ? "a threshold is for the probability of the second of two classes"
            : kind.Examples != data.Examples
                ? $"a {model.Kind} does not learn from tokens of kind {Kebab.Name(data.Tokens)}"
            : text ? BrokenText(data, facts)
            : BrokenTable(kind, data, facts, features);
    }

    private static string? BrokenTarget(ModelSection model, DataSection data, DataFacts facts, ModelDescription kind)
    {
        var (isNumber, learns) = (facts.Shape.IsNumber, kind.Learns(model));
        return isNumber != data.HasNumbers && !data.IsText ? $"its target is {(data.HasNumbers ? "a number" : "a class")}, but it has {Plural.Of(facts.Shape.Classes, "class")}"
            : isNumber && data.IsText ? "a text has no tokens"
            : data.IsMultiLabel != facts.Shape.IsMultiLabel || (data.LabelColumns is not null) != data.IsMultiLabel || (data.IsMultiLabel && data.IsText) ? "a row's label is one class and several labels"
            : data.IsMultiLabel ? BrokenLabels(model, data, facts, kind)
            : learns != LearnedTarget.Either && isNumber != (learns == LearnedTarget.Number) ? $"a {model.Kind} with the loss {Kebab.Name(model.Loss)} does not learn {(isNumber ? "a number" : "classes")}"
            : !isNumber ? facts.TargetScaling is null ? null : "classes are not standardised"
            : !Positive(model.Delta) || !Positive(model.Quantile) || model.Quantile >= 1 ? $"there is no loss of delta {model.Delta} and quantile {model.Quantile}"
            : kind.Broken(model) is var (_, broken) ? broken
            : facts.TargetScaling is { IsSound: false } || (facts.TargetScaling is null) == data.StandardizeTarget ? "the target's standardisation is not that of its data" : null;
    }

    private static string? BrokenLabels(ModelSection model, DataSection data, DataFacts facts, ModelDescription kind) =>
        !kind.LearnsLabels(model) ? $"a {model.Kind} with the loss {Kebab.Name(model.Loss)} does not learn several labels"
        : !data.LabelColumns!.SequenceEqual(facts.Classes, StringComparer.Ordinal) ? "its labels are not those of its data"
        : facts.TargetScaling is null ? null : "labels are not standardised";

    private static bool Positive(double value) => double.IsFinite(value) && value > 0;

    private static string? BrokenText(DataSection data, DataFacts facts) =>
        facts.Shape.Features != 0 || facts.Columns.Count > 0 || facts.Scaling is not null ? "a text has no features"
        : data.Tokens == TokenKind.Byte
            ? facts.Classes.Count > 0 || facts.Shape.Classes != Bytes ? "a vocabulary of bytes is not listed and has 256 tokens" : null
        : data.Tokens == TokenKind.Bpe ? facts.Classes.Count > 0 ? "a vocabulary of byte pairs is not listed" : null
        : BrokenNames("token", facts.Classes, facts.Shape.Classes)
            ?? (data.HasWords
                ? facts.Classes.Any(c => c.Length == 0) ? "a word has no letters" : null
                : facts.Classes.Any(c => !IsOneRune(c)) ? "a token is not one character" : null);

    private static string? BrokenTable(ModelDescription kind, DataSection data, DataFacts facts, int features) =>
        features < 1 ? Plural.Of(features, "feature")
        : facts.Scaling is { } s && (s.Mean.Length != features || s.Deviation.Length != features
            || !s.Mean.All(double.IsFinite) || !s.Deviation.All(d => double.IsFinite(d) && d >= 0))
            ? $"the standardisation is not that of {Plural.Of(features, "feature")}"
        : facts.Fill is { } fill && (fill.Length != features || !fill.All(double.IsFinite))
            ? $"what missing values are filled with is not that of {Plural.Of(features, "feature")}"
        : facts.Shape.Embedded is not null && !kind.TakesEmbeddings ? $"a {kind.Kind} has no vectors of categories"
        : facts.Shape.Image is { } image && (!FormatKinds.Of(data.Format).HasImages || image.Channels < 1 || image.Height < 1 || image.Width < 1 || image.Numbers != features)
            ? $"images of {image} are not {Plural.Of(features, "feature")} of {data.Format}"
        : BrokenNames("label", facts.Classes, facts.Shape.Classes)
            ?? (facts.Table is { } table && (facts.Scaling is not null || facts.Fill is not null) ? "its columns are scaled twice"
                : facts.Table?.Broken(facts.Columns) is { } columns ? columns
                : !(facts.Shape.Embedded ?? []).SequenceEqual(facts.Table is { } own ? new TableEncoder(own).Embedded ?? [] : []) ? "its vectors are not those of its columns' categories"
                : (data.Columns is null) != (facts.Table is null) ? "it has columns that nobody describes"
                : FormatKinds.Of(data.Format).HasColumns is not false ? BrokenNames("column", facts.Columns, features)
                : facts.Columns.Count > 0 ? $"{data.Format} has no columns"
                : facts.PixelType is { } pixels && (!FormatKinds.Of(data.Format).HasImages || Enum.GetValues<IdxType>().All(t => Kebab.Name(t) != pixels))
                    ? $"{data.Format} has no pixels of type '{pixels}'" : null);

    private static string? BrokenNames(string what, IReadOnlyList<string> names, int count) =>
        names.Count != count ? $"there are {names.Count} {what} names for {count}"
        : names.Any(n => n is null) ? $"a {what} has no name"
        : names.Distinct(StringComparer.Ordinal).Count() != count ? $"a {what} name is there twice"
        : null;

    private static bool IsOneRune(string token) =>
        Rune.DecodeFromUtf16(token, out _, out var used) == System.Buffers.OperationStatus.Done && used == token.Length;
}
