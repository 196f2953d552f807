using System.Net;
using Granary.Contracts;
using Granary.Contracts.Certificates;

namespace Granary.Grains;

/// <summary>What this silo is and may use.</summary>
/// <param name="Name">Its name, unique in the cluster.</param>
/// <param name="Cluster">The cluster's id.</param>
/// <param name="Threads">Compute threads, at least 1.</param>
/// <param name="Device">"cpu" or "cuda:N".</param>
/// <param name="Channel">Where its tensor channel is to listen; port 0: any free one.</param>
/// <param name="Outputs">Directory for the outputs of jobs that name none, or whose own takes nothing any more.</param>
/// <param name="Checkpoints">Directory of the built-in checkpoint store, the same for every silo of the cluster; or s3://BUCKET/PREFIX, where the silo's program keeps them there.</param>
/// <param name="Jobs">Jobs that the cluster runs at once, the same for every silo: each has an equal part of the compute threads.</param>
public sealed record SiloIdentity(
    string Name, string Cluster, int Threads, string Device, IPEndPoint Channel, string Outputs, string Checkpoints, int Jobs = 1)
{
    /// <summary>Whether faults may be injected here.</summary>
    public bool AllowsFaults { get; init; }

    /// <summary>Whether tensors go to silos of the same host over TCP too, as they go to others.</summary>
    public bool TcpAlone { get; init; }

    /// <summary>What it shows other silos on its tensor channel, and whom it trusts; null: the channel is not encrypted.</summary>
    public ClusterCertificates? Certificates { get; init; }

    /// <summary>What messages call the store of grain state: its kind and place, without passwords ("PostgreSQL at db:5432").</summary>
    public string ClusterStore { get; init; } = "the cluster's store";

    /// <summary>Reads so many of the newest entries of the silo's audit log, oldest first; null: it keeps none.</summary>
    public Func<int, IReadOnlyList<AuditEntry>>? Audit { get; init; }

    /// <summary>Compute threads of one job, at least 1.</summary>
    public int ThreadsPerJob => Math.Max(1, Threads / Jobs);

    /// <summary>Granary's version, kind of device, processor, libtorch and its kernels: weights are the same to the last bit among silos
    /// that agree here. In parts, see <see cref="Contracts.PlatformDifference"/>.</summary>
    /// <remarks>Making an identity tests the kernels, or reads what was found out before.</remarks>
    public string Platform { get; internal init; } =
        Model.Kernels.Platform.OfThisProcess(typeof(SiloIdentity).Assembly.GetName().Version!.ToString(3), Device).Describe();

    /// <summary>How fast it multiplies matrices on one compute thread, or on its CUDA device, in 10^9 operations a second; 0: not measured.</summary>
    public double Gflops { get; init; }
}
