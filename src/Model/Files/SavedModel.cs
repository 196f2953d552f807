using System.Text.Json;
using Granary.Jobs;
using Granary.Model.Data;

namespace Granary.Model.Files;

/// <summary>A trained model on disk: model.safetensors, with all that is needed to use it in its metadata.</summary>
public static class SavedModel
{
    /// <summary>Its name in a job's output folder.</summary>
    public const string FileName = "model.safetensors";

    /// <summary>Writes weights by name as float32 (little-endian, safetensors), with the job's model and data sections,
    /// column and label names, what missing values are filled with and standardisation in its metadata, and the vocabulary of byte pairs where
    /// files gave it. Written to a temporary name, flushed, renamed.</summary>
    public static void Write(string path, Job job, DataFacts facts, IReadOnlyList<ParameterShape> shape, ReadOnlyMemory<float> flat) =>
        WholeFile.Write(path, file => SafetensorsWriter.Write(file, Metadata(job.Model, job.Data, facts, TokenFiles.Read(job.Data)), shape, flat.Span));

    internal static Dictionary<string, string> Metadata(ModelSection model, DataSection data, DataFacts facts, TokenFiles? vocabulary)
    {
        var metadata = Metadata(model, data, facts);
        if (vocabulary is not null)
        {
            (metadata["granary.vocab"], metadata["granary.merges"]) = (vocabulary.Vocab, vocabulary.Merges);
        }

        if (facts.Shape.IsNumber)
        {
            metadata["granary.target"] = JsonSerializer.Serialize(facts.TargetScaling, SavedModelJson.Options);
        }

        if (facts.Table is not null)
        {
            metadata["granary.table"] = JsonSerializer.Serialize(facts.Table, SavedModelJson.Options);
        }

        if (facts.PixelType is { } pixels)
        {
            metadata["granary.pixels"] = pixels;
        }

        if (facts.Threshold is { } threshold)
        {
            metadata["granary.threshold"] = JsonSerializer.Serialize(threshold, SavedModelJson.Options);
        }

        return metadata;
    }

    private static Dictionary<string, string> Metadata(ModelSection model, DataSection data, DataFacts facts) => new()
    {
        ["format"] = "pt", // what torch's readers of such files ask for: names and sizes as in a state dict
        ["granary.version"] = "1",
        ["granary.model"] = JsonSerializer.Serialize(model, SavedModelJson.Options),
        ["granary.data"] = JsonSerializer.Serialize(data, SavedModelJson.Options),
        ["granary.shape"] = JsonSerializer.Serialize(facts.Shape, SavedModelJson.Options),
        ["granary.columns"] = JsonSerializer.Serialize(facts.Columns, SavedModelJson.Options),
        ["granary.classes"] = JsonSerializer.Serialize(facts.Classes, SavedModelJson.Options),
        ["granary.fill"] = JsonSerializer.Serialize(facts.Fill, SavedModelJson.Options),
        ["granary.scaling"] = JsonSerializer.Serialize(facts.Scaling, SavedModelJson.Options),
    };
}
