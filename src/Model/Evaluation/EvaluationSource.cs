using Granary.Jobs;
using Granary.Model.Data;
using Granary.Model.Files;

namespace Granary.Model.Evaluation;

/// <summary>Labelled examples for a saved model: read as its training data was, with its own columns, standardisation and labels.</summary>
internal static class EvaluationSource
{
    private const int NamesInMessage = 20;

    /// <summary>Reads one shard's part.</summary>
    /// <param name="model">The model.</param>
    /// <param name="path">A file or glob in the model's format (idx: the images' file).</param>
    /// <param name="labels">idx: the labels' file.</param>
    /// <param name="shard">Which part.</param>
    /// <param name="shards">Of how many.</param>
    /// <exception cref="JobException">The data cannot be used, or not by this model.</exception>
    public static IShardSource Read(TrainedModel model, string path, string? labels, int shard, int shards)
    {
        var format = FormatKinds.Of(model.Data.Format);
        if (format.Takes("labels") != labels is not null)
        {
            throw new JobException(labels is null
                ? $"{model.Name} was trained on {format.Format}: the labels' file is missing. Give it as --labels."
                : $"{model.Name} was trained on {format.Format}, which has its labels within: --labels belongs to {string.Join(", ", FormatKinds.BuiltIn.Where(f => f.Takes("labels")).Select(f => f.Format))}.");
        }

        var data = model.Data with
        {
            Path = path,
            Labels = labels,
            Vocabulary = null, // the model's own
            Ignore = [],
            Columns = model.Facts.Table?.Sections(),
            Missing = model.Facts.Fill is null ? MissingValues.Refuse : MissingValues.Mean,
            Features = format.Takes("features") ? model.Facts.Shape.Features : null,
        };
        var job = new Job(1, "evaluation", model.Model, data, new TrainingSection { Epochs = 1 });
        var part = new SourcePart(path, labels, shard, shards, MayBeEmpty: true);
        var source = ShardData.Read(job, part, model.Vocabulary, model.Facts.Inputs is { Count: > 0 } names ? names : null);
        if (source.Image?.Size is { } size && model.Facts.Shape.Image is { } trained && size != trained)
        {
            throw new JobException($"{part.Name}: its images are {size} (channels x height x width), but {model.Name} was trained on {trained}.");
        }

        if (source.Rows > 0 && model.Facts.Table is null && source.Features != model.Facts.Shape.Features)
        {
            throw new JobException($"{part.Name}: its examples have {Plural.Of(source.Features, "feature")}, but {model.Name} was trained on {model.Facts.Shape.Features}.");
        }

        if (source.Image is { } image)
        {
            IdxFile.RequireScale(part.Name, image.Type, model.Facts.PixelType, $"{model.Name} was trained on");
        }

        RequireKnown(model, data, part.Name, source.Classes);
        return source;
    }

    // Words that are not known have a place of their own, where the vocabulary has one.
    private static void RequireKnown(TrainedModel model, DataSection data, string file, IReadOnlyList<string> found)
    {
        var known = new LabelIndex(model.Data.IsText ? [] : model.Facts.Classes);
        var tokens = model.Data.IsText ? model.Facts.Classes.ToHashSet(StringComparer.Ordinal) : [];
        if (model.Data.HasWords && tokens.Contains(WordVocabulary.Unknown))
        {
            return;
        }

        var what = !model.Data.IsText ? "label" : model.Data.HasWords ? "word" : "character";
        if (found.FirstOrDefault(c => !tokens.Contains(c) && known.Find(c) is null) is { } unknown)
        {
            var rows = model.Data.IsText ? null : FormatCatalogue.Of(data).RowsWith(data, data.Path, label => known.Find(label) is null);
            var others = rows is null or { Count: 1, IsAll: true } ? "" : $", and {rows.Have} such a label";
            throw new JobException($"{rows?.First ?? file}: the {what} '{rows?.Label ?? unknown}' was never seen in training{others}: {model.Name} can say nothing of it. It knows: "
                + $"{string.Join(", ", model.Facts.Classes.Take(NamesInMessage))}{(model.Facts.Classes.Count > NamesInMessage ? ", ..." : "")}.");
        }
    }
}
