using System.CommandLine;
using Granary.Client.Local;
using Granary.Jobs;

namespace Granary.Client.Commands;

/// <summary>Whose silos compute for a command that is no job: silos of its own on this machine, gone when it ends, or those of the lasting cluster, which see its files under the same paths.</summary>
/// <param name="Own">How many of its own; null: the lasting cluster's.</param>
/// <param name="Home">The lasting cluster's home.</param>
internal sealed record WhichSilos(int? Own, string Home)
{
    /// <summary>What the user asked for them with.</summary>
    public string Option => Own is null ? Lasting : OfItsOwn;

    private const string Lasting = "--cluster";
    private const string OfItsOwn = "--silos";

    /// <summary>--cluster.</summary>
    public static Option<bool> Cluster() => new(Lasting)
    {
        Description = "The silos of the lasting cluster (granary up) instead; they must see the files under the same absolute paths, and may be told to read and write below some folders alone.",
    };

    /// <summary>What a command was told.</summary>
    /// <param name="result">The command.</param>
    /// <param name="silos">Its --silos.</param>
    /// <param name="cluster">Its --cluster.</param>
    /// <param name="home">Its --home.</param>
    /// <returns>Null: of neither.</returns>
    /// <exception cref="UserException">It was told of both, or of a cluster that it does not use, or of one that cannot be used so.</exception>
    public static WhichSilos? Of(ParseResult result, Option<int?> silos, Option<bool> cluster, Option<string> home)
    {
        var own = result.GetValue(silos);
        if (!result.GetValue(cluster))
        {
            CommandParts.AtLeastOne(OfItsOwn, own ?? 1);
            return ClusterOptions.Choice is { HasHome: false, Url: null, Context: null } ? own is null ? null : new WhichSilos(own, "")
                : throw new UserException(ExitCode.Usage, $"the command is told which cluster, and does not use one: add {Lasting}.");
        }

        return own is not null ? throw new UserException(ExitCode.Usage, $"{OfItsOwn} starts silos, and {Lasting} takes those of the lasting cluster: give one of them.")
            : CommandParts.Remote() is { } remote ? throw new UserException(
                ExitCode.Usage, $"{Lasting}: the cluster at {remote} is asked over HTTP, which cannot be asked for this. Say the command on one of its machines, or bring the model here (granary fetch) and leave {Lasting} out.")
            : new WhichSilos(null, result.GetValue(home)!);
    }

    /// <summary>Has them compute.</summary>
    /// <param name="interruption">The first one ends the waiting.</param>
    /// <param name="use">What they are asked.</param>
    /// <exception cref="GranaryException">No silo can start, or none answers.</exception>
    public async Task<T> Use<T>(Interruption interruption, Func<GranaryClient, CancellationToken, Task<T>> use)
    {
        if (Own is { } count)
        {
            return await PrivateCluster.Run(LocalSettings.For(count, "none"), interruption, (_, client, waiting) => use(client, waiting));
        }

        using var atOnce = interruption.Again.Register(() => Environment.Exit(ExitCode.Interrupted));
        await using var client = await CommandParts.Connect(Home, interruption.Token);
        return await use(client, interruption.Token);
    }

    /// <inheritdoc/>
    public override string ToString() => Own is { } count ? Plural.Of(count, "silo") : "the cluster";
}
