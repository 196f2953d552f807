using Granary.Jobs;

namespace Granary.Model.Networks;

/// <summary>Every kind of network by name.</summary>
public static class NetworkCatalogue
{
    /// <summary>The network a job describes.</summary>
    public static INetwork Create(ModelSection model, InputShape input) => throw new NotSupportedException();
}
