using Granary.Jobs;
using Granary.Model.Data;
using Granary.Model.Networks;

namespace Granary.Model.Files;

/// <summary>A saved model, read back: all that is needed to use it.</summary>
/// <param name="Name">Its path, for messages.</param>
/// <param name="Model">The model section of its job.</param>
/// <param name="Data">The data section of its job.</param>
/// <param name="Facts">Column names, label names or vocabulary, standardisation and the model's ends; no rows.</param>
/// <param name="Shape">Its parameters, in the order of the flat vector.</param>
/// <param name="Weights">The flat vector.</param>
public sealed record TrainedModel(
    string Name, ModelSection Model, DataSection Data, DataFacts Facts, IReadOnlyList<ParameterShape> Shape, float[] Weights)
{
    /// <summary>Byte pairs whose vocabulary came in files: these files; null otherwise.</summary>
    public TokenFiles? Vocabulary { get; init; }

    /// <summary>Reads a model.safetensors, or the one in an output folder.</summary>
    /// <exception cref="JobException">It is damaged, of another kind, or its tensors are not those of its model.</exception>
    public static TrainedModel Load(string path)
    {
        var file = StoredPath.Is(path) ? ModelPath.FileOf(UserPath.Absolute(path, "")) : Directory.Exists(path) ? Path.Combine(path, SavedModel.FileName) : path;
        using var tensors = SafetensorsFile.Open(file);
        return TrainedModelReader.Read(tensors);
    }

    /// <summary>The network.</summary>
    public INetwork Network() => NetworkCatalogue.Create(Model, Facts.Shape);

    /// <summary>The weights as parameters of the network, in the model's own precision. The caller disposes them.</summary>
    public FlatTensor Parameters()
    {
        var parameters = new FlatTensor(Shape, Model.Precision);
        using var weights = TorchSharp.torch.tensor(Weights);
        parameters.Tensor.copy_(weights);
        return parameters;
    }

    /// <exception cref="JobException">The model takes other examples.</exception>
    internal void MustTake(ExampleKind examples, string what)
    {
        if (ModelKinds.Of(Model).Examples != examples)
        {
            var kinds = ModelKinds.BuiltIn.Where(d => d.Examples == examples).Select(d => d.Kind);
            throw new JobException(
                $"{Name}: this is a {Model.Kind} model; {what} {string.Join(", ", examples == ExampleKind.Rows ? [.. kinds, "kinds of one's own"] : kinds)}.");
        }
    }
}
