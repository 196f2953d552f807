using Granary.Jobs;

namespace Granary.Model.Files;

/// <summary>A trained model on disk: model.safetensors, with all that is needed to use it in its metadata.</summary>
public static class SavedModel
{
    /// <summary>Writes weights by name as float32 (little-endian, safetensors), with the job's model and data sections,
    /// label names and standardisation in its metadata. Written to a temporary name, flushed, renamed.</summary>
    public static void Write(string path, Job job, DataFacts facts, IReadOnlyList<ParameterShape> shape, ReadOnlySpan<float> flat)
        => throw new NotSupportedException();
}
