using Granary.Jobs;
using Orleans.Storage;

namespace Granary.Grains.Faults;

/// <summary>Grain state passes through here whatever the store, so an injected storage failure is raised here.</summary>
/// <param name="inner">Serializes.</param>
/// <param name="faults">Injected faults.</param>
internal sealed class FaultyStorageSerializer(IGrainStorageSerializer inner, SiloFaults faults) : IGrainStorageSerializer
{
    /// <inheritdoc/>
    public BinaryData Serialize<T>(T? input)
    {
        ThrowIfFailing();
        return inner.Serialize(input);
    }

    /// <inheritdoc/>
    public T Deserialize<T>(BinaryData input)
    {
        ThrowIfFailing();
        return inner.Deserialize<T>(input)!;
    }

    private void ThrowIfFailing()
    {
        if (faults.Now(FaultKind.FailStorage) is not null)
        {
            throw new IOException("grain storage does not answer (injected fault)");
        }
    }
}
