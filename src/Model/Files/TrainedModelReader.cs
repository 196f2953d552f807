using Granary.Jobs;

namespace Granary.Model.Files;

/// <summary>Reads a saved model strictly: what its metadata says must fit together, and its tensors must be exactly those of
/// the network that the metadata describes.</summary>
internal static class TrainedModelReader
{
    private const int NamesInMessage = 5;

    public static TrainedModel Read(SafetensorsFile file)
    {
        var (model, data, facts, vocabulary) = SavedMetadata.Read(file);
        var shape = SavedMetadata.Named(file, () => ModelShape.Of(model, facts.Shape));
        var entries = Match(file, shape);
        var weights = new float[entries.Sum(e => e.Count)];
        var at = 0;
        foreach (var entry in entries)
        {
            var count = (int)entry.Count;
            file.Read(entry, weights.AsSpan(at, count));
            at += count;
        }

        return new TrainedModel(file.Name, model, data, facts, shape, weights) { Vocabulary = vocabulary };
    }

    // The file's tensors in the order of the network's parameters.
    private static SafetensorsEntry[] Match(SafetensorsFile file, IReadOnlyList<ParameterShape> shape)
    {
        var there = file.Tensors.ToDictionary(t => t.Name);
        var missing = shape.Where(p => !there.ContainsKey(p.Name)).Select(p => $"'{p.Name}'").ToArray();
        var needed = shape.Select(p => p.Name).ToHashSet();
        var extra = file.Tensors.Where(t => !needed.Contains(t.Name)).Select(t => $"'{t.Name}'").ToArray();
        if (missing.Length + extra.Length > 0)
        {
            var lacks = missing.Length > 0 ? $"lacks {Names(missing)}" : "";
            var holds = extra.Length > 0 ? $"holds {Names(extra)}, which the model does not know" : "";
            throw Error(file, "it " + string.Join(" and ", new[] { lacks, holds }.Where(t => t.Length > 0)));
        }

        foreach (var parameter in shape)
        {
            if (!there[parameter.Name].IsFloatingPoint)
            {
                throw Error(file, $"its tensor '{parameter.Name}' is of type {there[parameter.Name].Type}, which holds no floating-point numbers");
            }

            if (!there[parameter.Name].Dims.SequenceEqual(parameter.Dims))
            {
                throw Error(file, $"its tensor '{parameter.Name}' is {there[parameter.Name].Shape}, but the model needs "
                    + SafetensorsEntry.Describe(parameter.Dims));
            }
        }

        return ModelShape.Weights(shape) <= Array.MaxLength
            ? [.. shape.Select(p => there[p.Name])]
            : throw Error(file, $"it has {ModelShape.Weights(shape)} weights; {Array.MaxLength} is the most that can be read");
    }

    private static string Names(string[] names) => names.Length == 1
        ? $"the tensor {names[0]}"
        : $"the tensors {string.Join(", ", names.Take(NamesInMessage))}"
            + (names.Length > NamesInMessage ? $" and {names.Length - NamesInMessage} more" : "");

    private static JobException Error(SafetensorsFile file, string what) => SavedMetadata.Error(file, what);
}
