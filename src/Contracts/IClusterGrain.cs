namespace Granary.Contracts;

/// <summary>The living silos. Key: 0. Owns nothing: asks cluster membership and each silo's worker.</summary>
[Alias("granary.IClusterGrain")]
public interface IClusterGrain : IGrainWithIntegerKey
{
    /// <summary>The living silos, by name. One that does not answer within 2 s is listed with the state "silent".</summary>
    [Alias("Silos")]
    Task<IReadOnlyList<SiloInfo>> Silos();

    /// <summary>Injects a fault into a silo: see <see cref="IWorker.InjectFault"/>.</summary>
    /// <param name="silo">Its name.</param>
    /// <param name="fault">The fault.</param>
    /// <exception cref="LostPeerException">There is no such silo, or not any more.</exception>
    /// <exception cref="JobException">The silo was not started with --allow-faults.</exception>
    [Alias("Suffer")]
    Task InjectFault(string silo, Fault fault);

    /// <summary>Ends an injected fault.</summary>
    /// <exception cref="LostPeerException">There is no such silo.</exception>
    [Alias("Lift")]
    Task ClearFault(string silo, FaultKind kind);

    /// <summary>What the living silos' audit logs have together. One that does not answer within 2 s (5 on a busy machine) is named.</summary>
    /// <param name="most">So many of the newest entries.</param>
    /// <param name="except">The name of a silo that is not asked.</param>
    [Alias("Audit")]
    Task<AuditTrail> Audit(int most, string? except);
}

/// <summary>One silo, as people see it.</summary>
/// <param name="Name">Name it was started with.</param>
/// <param name="Address">Orleans address, ip:port@generation.</param>
/// <param name="Pid">Process id on its machine; 0 when the silo is silent.</param>
/// <param name="State">"active", "leaving" or "silent".</param>
/// <param name="Threads">Compute threads.</param>
/// <param name="Device">"cpu" or "cuda:N".</param>
/// <param name="Channel">ip:port of its tensor channel.</param>
/// <param name="Platform">Version, device, processor, libtorch and kernels, in parts: silos that differ here may differ in the last bit. See <see cref="PlatformDifference"/>.</param>
/// <param name="Gflops">How fast it multiplies matrices on one compute thread, or on its CUDA device, in 10^9 operations a second; 0: not known.</param>
/// <param name="Codec">Name of the codec of its tensor channel.</param>
/// <param name="CheckpointStore">Name of the store that its parts of checkpoints go to.</param>
/// <param name="Protocol">See <see cref="WireProtocol"/>.</param>
[GenerateSerializer, Immutable, Alias("granary.SiloInfo")]
public sealed record SiloInfo(
    [property: Id(0)] string Name,
    [property: Id(1)] string Address,
    [property: Id(2)] int Pid,
    [property: Id(3)] string State,
    [property: Id(4)] int Threads,
    [property: Id(5)] string Device,
    [property: Id(6)] string Channel,
    [property: Id(7)] string Platform,
    [property: Id(8)] double Gflops,
    [property: Id(9)] string Codec = "identity",
    [property: Id(10)] string CheckpointStore = "directory",
    [property: Id(11)] int Protocol = 1);
