using System.IO.Compression;
using System.Text.Json;
using Granary.Jobs;
using Granary.Model.Onnx;

namespace Granary.Model.Files;

/// <summary>The formats a model can be handed on in.</summary>
public enum ExportFormat { Safetensors, Npz, Onnx }

/// <summary>Writes a model for other programs. The same model gives the same bytes.</summary>
public static class ModelExport
{
    // A zip entry needs a time, and the present one would make every export differ.
    private static readonly DateTimeOffset ZipEpoch = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Writes a model, whole or not at all.</summary>
    /// <returns>What was written, for people.</returns>
    /// <exception cref="JobException">The file cannot be written, is the model itself, or exists and may not be overwritten; or the format has no place for such a model.</exception>
    public static string Write(TrainedModel model, ExportFormat format, string output, bool overwrite = false)
    {
        using var file = new OutputFile(output, overwrite, model.Name);
        var written = format switch
        {
            ExportFormat.Onnx => OnnxFile.Write(model, file.Content),
            ExportFormat.Npz => WriteNpz(model, file.Content),
            _ => WriteSafetensors(model, file.Content),
        };
        file.Finish();
        return written;
    }

    private static string WriteSafetensors(TrainedModel model, Stream file)
    {
        SafetensorsWriter.Write(
            file, SavedModel.Metadata(model.Model with { Init = null }, WithoutFolders(model.Data), model.Facts, model.Vocabulary), model.Shape, model.Weights);
        return Describe(model);
    }

    private static string Describe(TrainedModel model) => $"{Plural.Of(model.Shape.Count, "tensor")}, {Plural.Of(model.Weights.Length, "weight")}";

    // Where the data lay on the machine that trained is nobody else's business.
    private static DataSection WithoutFolders(DataSection data) => data with
    {
        Path = Path.GetFileName(data.Path),
        Labels = Path.GetFileName(data.Labels),
        Vocab = Path.GetFileName(data.Vocab),
        Merges = Path.GetFileName(data.Merges),
        Vocabulary = null, // the model has it
        Validation = data.Validation with { Path = Path.GetFileName(data.Validation.Path), Labels = Path.GetFileName(data.Validation.Labels) },
    };

    // Every parameter by its name; what is not a weight has a name that no parameter has.
    private static string WriteNpz(TrainedModel model, Stream file)
    {
        using var zip = new ZipArchive(file, ZipArchiveMode.Create, leaveOpen: true);
        var at = 0;
        foreach (var parameter in model.Shape)
        {
            var (start, count) = (at, (int)parameter.Count);
            Add(zip, parameter.Name, entry => Npy.Write(entry, parameter.Dims, model.Weights.AsSpan(start, count)));
            at += count;
        }

        Add(zip, "granary.classes", entry => Npy.Write(entry, model.Facts.Classes));
        Add(zip, "granary.columns", entry => Npy.Write(entry, model.Facts.Columns));
        if (model.Facts.Scaling is { } scaling)
        {
            Add(zip, "granary.scaling.mean", entry => Npy.Write(entry, scaling.Mean));
            Add(zip, "granary.scaling.deviation", entry => Npy.Write(entry, scaling.Deviation));
        }

        if (model.Facts.Table is { } table)
        {
            Add(zip, "granary.table", entry => Npy.Write(entry, new[] { JsonSerializer.Serialize(table, SavedModelJson.Options) }));
        }

        if (model.Facts.Threshold is { } threshold)
        {
            Add(zip, "granary.threshold", entry => Npy.Write(entry, [threshold]));
        }

        if (model.Facts.TargetScaling is { } target)
        {
            Add(zip, "granary.target.mean", entry => Npy.Write(entry, [target.Mean]));
            Add(zip, "granary.target.deviation", entry => Npy.Write(entry, [target.Deviation]));
        }

        return Describe(model);
    }

    private static void Add(ZipArchive zip, string name, Action<Stream> write)
    {
        // Weights hardly shrink, and numpy maps what is not compressed.
        var entry = zip.CreateEntry(name + ".npy", CompressionLevel.NoCompression);
        entry.LastWriteTime = ZipEpoch;
        using var stream = entry.Open();
        write(stream);
    }
}
