using Granary.Contracts;
using Orleans.Runtime.Services;
using Orleans.Services;

namespace Granary.Grains.Workers;

/// <summary>Reaches the worker of a given silo.</summary>
internal interface IWorkerClient : IGrainServiceClient<IWorker>
{
    /// <summary>The worker of a silo.</summary>
    IWorker At(SiloAddress silo);
}

/// <inheritdoc cref="IWorkerClient"/>
internal sealed class WorkerClient(IServiceProvider services) : GrainServiceClient<IWorker>(services), IWorkerClient
{
    /// <inheritdoc/>
    public IWorker At(SiloAddress silo) => GetGrainService(silo);
}
