namespace Granary.Client.Local;

/// <summary>Maintains a lasting local cluster: restarts silos that have ended, and adds or removes silos on request. What fails is
/// reported and tried again; the other silos are not affected.</summary>
/// <param name="home">The cluster's home.</param>
/// <param name="cluster">Its silos.</param>
internal sealed class SiloRestarter(ClusterHome home, LocalCluster cluster)
{
    private readonly Restarts _restarts = new(cluster, Say);
    private RestartPause _resize = new(TimeSpan.Zero);
    private ClusterRecord? _written;

    /// <summary>Checks the cluster once, and does what is due.</summary>
    public async Task Look()
    {
        await _restarts.Look();
        if (home.Wanted() is { } wanted && wanted >= 1 && wanted != cluster.Silos.Count && _resize.IsOver)
        {
            if (await _restarts.Try(wanted > cluster.Silos.Count ? Add : cluster.Remove))
            {
                _resize = new(TimeSpan.Zero);
                _restarts.Succeeded();
            }
            else
            {
                _resize = RestartPause.AfterPause(_resize.Length);
            }
        }

        var record = new ClusterRecord(cluster.Id, cluster.Silos.Count, cluster.Silos.Count(s => s.IsUp), Environment.ProcessId, cluster.Web);
        if (record != _written && await _restarts.Try(() => Write(record)))
        {
            _written = record;
        }
    }

    private Task Add()
    {
        cluster.Add();
        return Task.CompletedTask;
    }

    private Task Write(ClusterRecord record)
    {
        home.Write(record);
        return Task.CompletedTask;
    }

    private static void Say(string message)
    {
        try
        {
            Console.Error.WriteLine(message);
        }
        catch (IOException)
        {
            // This output is a file on the same disk.
        }
    }
}
