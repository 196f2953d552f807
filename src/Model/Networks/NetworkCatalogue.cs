using System.Collections.Concurrent;
using Granary.BuiltIn;
using Granary.Jobs;
using Granary.Model.Kernels;

namespace Granary.Model.Networks;

/// <summary>Every kind of network by name.</summary>
public static class NetworkCatalogue
{
    private static readonly ConcurrentDictionary<string, INetworkMaker> Makers =
        new(BuiltInModels.Makers.Select(m => KeyValuePair.Create(m.Kind, m)), StringComparer.Ordinal);

    /// <summary>The network a job describes. Nothing is computed with it on kernels that are wrong.</summary>
    /// <exception cref="JobException">No kernels are right on this machine, or this process does not know the kind.</exception>
    public static INetwork Create(ModelSection model, InputShape input)
    {
        TorchKernels.Require();
        return Of(model).Network(model, input);
    }

    /// <summary>The maker of a model's networks.</summary>
    /// <exception cref="JobException">This process does not know the kind.</exception>
    internal static INetworkMaker Of(ModelSection model) => Makers.TryGetValue(model.Kind, out var maker) ? maker : throw ModelKinds.Unknown(model.Kind);

    /// <summary>Makes a kind known.</summary>
    /// <exception cref="ArgumentException">Its name is none, or is taken.</exception>
    internal static void Add(ModelDescription description, INetworkMaker maker)
    {
        ModelKinds.Add(description);
        Makers[description.Kind] = maker;
    }
}
