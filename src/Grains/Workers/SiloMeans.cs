using Granary.Grains.Checkpoints;
using Granary.Grains.Compute;
using Granary.Grains.Faults;

namespace Granary.Grains.Workers;

/// <summary>What a session uses of its silo.</summary>
/// <param name="Identity">The silo.</param>
/// <param name="Registry">Has the examples.</param>
/// <param name="Faults">Faults injected into the silo.</param>
/// <param name="Checkpoints">Where checkpoints are kept.</param>
internal sealed record SiloMeans(SiloIdentity Identity, ShardRegistry Registry, SiloFaults Faults, ICheckpointStore Checkpoints);
