namespace Granary.Deploy.Tests.Containers;

/// <summary>The rendered manifests, run by podman: real addresses, read-only roots, users, volumes and limits as a kubelet would give them.</summary>
[Collection("containers"), Trait("needs", "containers")] // one at a time: they have the same names and addresses
public sealed class ContainerTests
{
    private const long Few = 460;

    [Fact]
    public async Task A_job_in_containers_comes_to_the_weights_of_one_machine()
    {
        await using var cluster = await ContainerRun.Start();
        using var api = ContainerRun.Api(cluster);
        using (var stranger = new HttpClient())
        using (var refused = await stranger.GetAsync(new Uri(cluster.Api(cluster.Silos[0]), "api/v1/jobs")))
        {
            Assert.Equal(System.Net.HttpStatusCode.Unauthorized, refused.StatusCode);
        }

        var job = await api.Submit(ContainerRun.JobOf(Few), ContainerRun.Sets);
        Assert.Equal(await ContainerRun.Alone(Few), (await api.Ends(job, "completed")).Sha256);
        Assert.Equal(cluster.Silos.Count, (await api.Job(job)).GetProperty("members").GetArrayLength());

        // The command line of the image finds the cluster by the pod's variables, and the model is where every pod sees it.
        Assert.Contains(job, await ContainerCluster.Execute(cluster.Silos[1], "granary", "jobs"));
        Assert.True(File.Exists(Path.Combine(cluster.Claim("granary-data"), "runs", job, "model.safetensors")));
        Assert.Empty(cluster.EndedOfThemselves);
    }

    [Fact]
    public async Task Silos_that_are_stopped_killed_cut_off_and_lost_with_their_files_change_no_weight()
    {
        await using var cluster = await ContainerRun.Start();
        using var api = ContainerRun.Api(cluster);
        var (all, job) = (cluster.Silos.Count, await api.Submit(ContainerRun.JobOf(ContainerRun.Endless), ContainerRun.Sets, "training.checkpoint.seconds=2"));
        await api.TrainsOn(job, all);

        var (code, time) = await cluster.Terminate(cluster.Silos[0]);
        Assert.Equal(0, code);
        Assert.InRange(time.TotalSeconds, 0, cluster.GraceOfSilos - 1);
        await api.TrainsOn(job, all - 1);
        await ContainerRun.Again(cluster, api, job, cluster.Silos[0]);

        Assert.Equal(137, await cluster.Kill(cluster.Silos[1]));
        await api.TrainsOn(job, all - 1);
        await ContainerRun.Again(cluster, api, job, cluster.Silos[1]);

        // The others take it for dead, and go on; when it hears of that it ends with code 4, and is started again.
        await cluster.Network.Isolate(cluster.Silos[2]);
        await api.TrainsOn(job, all - 1);
        await PodNetwork.Mend();
        await cluster.HasEnded(cluster.Silos[2]);
        await api.TrainsOn(job, all);

        await cluster.Lose(cluster.Silos[0]);
        await api.TrainsOn(job, all - 1);
        await ContainerRun.Again(cluster, api, job, cluster.Silos[0]);

        await ContainerRun.EndsAsAlone(cluster, api, job);
        Assert.All(cluster.EndedOfThemselves, e => Assert.Equal((cluster.Silos[2], 4), (e.Pod, e.Code)));
    }
}
