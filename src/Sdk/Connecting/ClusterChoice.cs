using Granary.Jobs;
using Granary.Sdk.Local;

namespace Granary.Sdk.Connecting;

/// <summary>Which cluster is asked: what was said for this command comes before the environment, and that before the context which the user has chosen.</summary>
internal sealed record ClusterChoice
{
    private const string UrlVariable = "GRANARY_URL";
    private const string TokenVariable = "GRANARY_TOKEN";
    private const string AuthorityVariable = "GRANARY_CA";

    /// <summary>An address; null: none was given.</summary>
    public string? Url { get; init; }

    /// <summary>The name of a context; null: none was given.</summary>
    public string? Context { get; init; }

    /// <summary>Whether the home of a cluster of this machine was given.</summary>
    public bool HasHome { get; init; }

    /// <summary>The token that the environment names (GRANARY_TOKEN); null: none.</summary>
    public static string? TokenOfEnvironment => Variable(TokenVariable);

    /// <summary>The cluster, where it is one that is asked over HTTP alone; null: it is one of this machine, or behind a store.</summary>
    /// <exception cref="JobException">It cannot be made out: an address or a context that is none.</exception>
    public RemoteCluster? Remote()
    {
        if (Url is { } url)
        {
            return At(RemoteCluster.Parse(url, "--url"));
        }

        if (Context is { } name)
        {
            return name == ContextFile.Local ? null : ContextFile.OfUser.Get(name).Cluster();
        }

        if (HasHome)
        {
            return null;
        }

        return Variable(UrlVariable) is { } said ? At(RemoteCluster.Parse(said, UrlVariable))
            : (ClusterAddress.RedisOfEnvironment ?? ClusterAddress.PostgresOfEnvironment) is not null || Variable("GRANARY_HOME") is not null ? null
            : ContextFile.OfUser.Current()?.Cluster();
    }

    /// <summary>Where the cluster is found.</summary>
    /// <param name="home">The home of the cluster of this machine.</param>
    /// <exception cref="JobException">As above.</exception>
    /// <exception cref="ClusterUnreachableException">It is one of this machine, and does not run.</exception>
    public ClusterAddress Address(string home) => Remote() is { } remote
        ? new ClusterAddress("", null, null, Remote: remote)
        : ClusterAddress.Of(ClusterAddress.RedisOfEnvironment, ClusterAddress.PostgresOfEnvironment, ClusterAddress.ClusterOfEnvironment, home);

    // An address alone is asked as the context that has it, if there is one. On a silo's own machine the key of its home serves whoever can read it.
    private static RemoteCluster At(Uri url)
    {
        var known = ContextFile.OfUser.Read().Contexts.Values.FirstOrDefault(c => c.Url == url);
        return new RemoteCluster(url, TokenOfEnvironment ?? known?.Token, Variable(AuthorityVariable) ?? known?.Authority) { Key = KeyOfHome(url) };
    }

    private static HomeKey? KeyOfHome(Uri url)
    {
        try
        {
            var home = new ClusterHome(ClusterAddress.HomeOfEnvironment);
            return url.IsLoopback && System.IO.File.Exists(home.OperatorKey) ? new HomeKey(home.Path, System.IO.File.ReadAllText(home.OperatorKey).Trim()) : null;
        }
        catch (Exception e) when (FileTrouble.Is(e))
        {
            return null; // it is another user's
        }
    }

    private static string? Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } text ? text : null;
}
