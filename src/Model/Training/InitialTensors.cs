using Granary.Jobs;
using Granary.Model.Files;

namespace Granary.Model.Training;

/// <summary>The tensors of a file that a job's weights start from, by the names that a network would give them.</summary>
internal sealed class InitialTensors : IDisposable
{
    private InitialTensors(SafetensorsFile file, SavedMetadata? saved, IReadOnlyList<ParameterShape> shape)
    {
        (File, Saved) = (file, saved);
        var (names, without) = StateDictNames.Unwrap([.. file.Tensors.Select(t => t.Name)], shape.Select(p => p.Name).ToHashSet());
        var tensors = file.Tensors.ToDictionary(t => t.Name);
        (ByName, Without) = (names.ToDictionary(n => n.Key, n => tensors[n.Value]), without);
    }

    /// <summary>The file.</summary>
    public SafetensorsFile File { get; }

    /// <summary>What a model that Granary saved says of itself; null of any other file.</summary>
    public SavedMetadata? Saved { get; }

    /// <summary>Its tensors.</summary>
    public IReadOnlyDictionary<string, SafetensorsEntry> ByName { get; }

    /// <summary>What wrappers had put into the names.</summary>
    public IReadOnlyList<string> Without { get; }

    /// <summary>Opens a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="shape">The network's parameters.</param>
    /// <exception cref="JobException">It cannot be used.</exception>
    public static InitialTensors Open(string path, IReadOnlyList<ParameterShape> shape)
    {
        SafetensorsFile? file = null;
        try
        {
            file = SafetensorsFile.Open(path);
            return new InitialTensors(file, SavedMetadata.TryRead(file), shape);
        }
        catch (JobException e)
        {
            file?.Dispose();
            throw new JobException($"model.init: {e.Message}");
        }
    }

    /// <inheritdoc/>
    public void Dispose() => File.Dispose();
}
