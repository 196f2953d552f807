using Granary.Jobs;
using Orleans.Storage;

namespace Granary.Grains.Faults;

/// <summary>Grain state goes through here whatever the store: a scripted failure of the storage strikes in this place.</summary>
/// <param name="inner">Serializes.</param>
/// <param name="faults">What this silo suffers.</param>
internal sealed class FaultyStorageSerializer(IGrainStorageSerializer inner, SiloFaults faults) : IGrainStorageSerializer
{
    /// <inheritdoc/>
    public BinaryData Serialize<T>(T? input)
    {
        Strike();
        return inner.Serialize(input);
    }

    /// <inheritdoc/>
    public T Deserialize<T>(BinaryData input)
    {
        Strike();
        return inner.Deserialize<T>(input)!;
    }

    private void Strike()
    {
        if (faults.Now(FaultKind.FailStorage) is not null)
        {
            throw new IOException("grain storage does not answer (a scripted fault)");
        }
    }
}
