namespace Granary.Sdk.Connecting;

/// <summary>Finds the way to a cluster: HTTP where its silos serve it, else an Orleans client.</summary>
internal static class ClusterLink
{
    /// <summary>Connects.</summary>
    /// <param name="address">The cluster.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <param name="patience">As in <see cref="ClusterConnection.Connect(ClusterAddress, CancellationToken, TimeSpan?)"/>.</param>
    /// <exception cref="ClusterUnreachableException">No silo answers.</exception>
    /// <exception cref="AccessRefusedException">The cluster asks for another token.</exception>
    public static async Task<ICluster> Connect(ClusterAddress address, CancellationToken cancellation, TimeSpan? patience = null)
    {
        Task<ClusterConnection> Grains(CancellationToken enough) => ClusterConnection.Connect(address, enough, patience);
        if (address.Remote is { } remote)
        {
            return await HttpCluster.Reach(remote, ClusterConnection.Calls(address, patience), cancellation);
        }

        return address.Web is { } server && await HttpCluster.Find(server, ClusterConnection.Calls(address, patience), Grains, cancellation) is { } http
            ? http
            : new GrainCluster(await Grains(cancellation));
    }
}
