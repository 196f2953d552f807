using Granary.Jobs;
using Granary.Sdk.Connecting;

namespace Granary.Sdk;

/// <summary>Which cluster a <see cref="GranaryClient"/> connects to. If none is set, it is the cluster that the command line would connect to.</summary>
public sealed class GranaryClientOptions
{
    /// <summary>Address of the cluster's HTTP API, which everything is asked over then: "https://granary.example:8443". Default: GRANARY_URL; without that, and where none of the
    /// others says otherwise, the cluster that the user has logged in to with <c>granary login</c>.</summary>
    public Uri? Url { get; set; }

    /// <summary>With <see cref="Url"/>: the token that is shown. Default: GRANARY_TOKEN, else the one that <c>granary login</c> has kept for that address.</summary>
    public string? Token { get; set; }

    /// <summary>With <see cref="Url"/>: a file of certificates, in PEM, one of which the server's is to come from. Default: GRANARY_CA, else what <c>granary login</c>
    /// has kept for that address, else those that the system trusts.</summary>
    public string? CertificateAuthority { get; set; }

    /// <summary>HOST:PORT of the Redis of a cluster of several machines, with options after commas (ssl=true, user=..., password=...). Default: GRANARY_REDIS;
    /// without that and <see cref="Postgres"/> a cluster of this machine, by <see cref="Home"/>.</summary>
    public string? Redis { get; set; }

    /// <summary>Connection string of the PostgreSQL database of a cluster of several machines, where it has no Redis. Default: GRANARY_POSTGRES.</summary>
    public string? Postgres { get; set; }

    /// <summary>The id of a cluster of several machines. Default: GRANARY_CLUSTER, else "local".</summary>
    public string? Cluster { get; set; }

    /// <summary>The home directory of a lasting cluster of this machine, which <c>granary up</c> has started. Default: GRANARY_HOME, else
    /// ~/.granary. Where it is set, GRANARY_REDIS and GRANARY_POSTGRES are not looked at.</summary>
    public string? Home { get; set; }

    /// <summary>The folder with this client's certificate, where the silos demand them: ca.pem, client.pem and client.key, as granary certs issue
    /// writes them. Default: GRANARY_CERTS for a cluster of several machines, else none.</summary>
    public string? Certificates { get; set; }

    /// <summary>How long to wait without an answer, while connecting and again for each call: at most, and by default, a minute. A machine that is busy
    /// with other work makes a shorter time longer, up to that minute. Of a cluster at <see cref="Url"/> of which nothing at all is heard, not even a refusal, it is half a minute at most.</summary>
    public TimeSpan Patience { get; set; } = TimeSpan.FromSeconds(60);

    /// <exception cref="ClusterUnreachableException">None runs there.</exception>
    /// <exception cref="JobRefusedException">The address is none, or what the user has logged in to cannot be read.</exception>
    internal ClusterAddress Address()
    {
        try
        {
            var remote = Redis is not null || Postgres is not null ? null : new ClusterChoice { Url = Url?.ToString(), HasHome = Home is not null }.Remote();
            if (remote is not null)
            {
                return new ClusterAddress("", null, null, Remote: remote with { Token = Token ?? remote.Token, Authority = CertificateAuthority ?? remote.Authority });
            }

            var address = ClusterAddress.Of(
                Redis ?? (Home is null && Postgres is null ? ClusterAddress.RedisOfEnvironment : null),
                Postgres ?? (Home is null ? ClusterAddress.PostgresOfEnvironment : null),
                Cluster ?? ClusterAddress.ClusterOfEnvironment,
                Home ?? ClusterAddress.HomeOfEnvironment);
            return Certificates is null ? address : address with { Certificates = Certificates };
        }
        catch (JobException e)
        {
            throw new JobRefusedException(e);
        }
    }
}
