using Granary.Sdk.Connecting;

namespace Granary.Sdk;

/// <summary>Which cluster a <see cref="GranaryClient"/> connects to. If none is set, it is the cluster that the command line would connect to.</summary>
public sealed class GranaryClientOptions
{
    /// <summary>HOST:PORT of the Redis of a cluster of several machines. Default: GRANARY_REDIS; without that a cluster of this machine, by
    /// <see cref="Home"/>.</summary>
    public string? Redis { get; set; }

    /// <summary>The id of a cluster of several machines. Default: GRANARY_CLUSTER, else "local".</summary>
    public string? Cluster { get; set; }

    /// <summary>The home directory of a lasting cluster of this machine, which <c>granary up</c> has started. Default: GRANARY_HOME, else
    /// ~/.granary. Where it is set, GRANARY_REDIS is not looked at.</summary>
    public string? Home { get; set; }

    /// <summary>The folder with this client's certificate, where the silos demand them: ca.pem, client.pem and client.key, as granary certs issue
    /// writes them. Default: GRANARY_CERTS for a cluster of several machines, else none.</summary>
    public string? Certificates { get; set; }

    /// <summary>How long to wait without an answer, while connecting and again for each call: at most, and by default, a minute. A machine that is busy
    /// with other work makes a shorter time longer, up to that minute.</summary>
    public TimeSpan Patience { get; set; } = TimeSpan.FromSeconds(60);

    /// <exception cref="ClusterUnreachableException">None runs there.</exception>
    internal ClusterAddress Address()
    {
        var address = ClusterAddress.Of(
            Redis ?? (Home is null ? ClusterAddress.RedisOfEnvironment : null),
            Cluster ?? ClusterAddress.ClusterOfEnvironment,
            Home ?? ClusterAddress.HomeOfEnvironment);
        return Certificates is null ? address : address with { Certificates = Certificates };
    }
}
