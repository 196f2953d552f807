using Granary.Contracts;
using Granary.Contracts.Certificates;
using Granary.Jobs;

namespace Granary.Grains.Tests;

/// <summary>Jobs over an encrypted tensor channel: the weights are those of one silo that exchanges nothing.</summary>
public sealed class TlsJobTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-test-").FullName;
    private readonly TestCertificates _certificates = new();

    public void Dispose()
    {
        Directory.Delete(_folder, recursive: true);
        _certificates.Dispose();
    }

    // 67,843 weights in five blocks.
    private Job Job(int epochs)
    {
        var job = SmallCluster.Blobs(_folder, rate: 0.01, model: new ModelSection { Kind = "mlp", Hidden = [256, 256] });
        return job with { Training = job.Training with { Epochs = epochs } };
    }

    // Over TCP, as between hosts; each silo has a certificate of its own.
    private Task<GranaryCluster> Deploy(int silos) => GranaryCluster.Deploy(silos, _folder, shape: identity => identity with
    {
        TcpAlone = true,
        Certificates = ClusterCertificates.Open(FolderOf(identity.Name)),
    });

    private string FolderOf(string silo)
    {
        lock (_certificates)
        {
            var folder = Path.Combine(_certificates.Folder, silo);
            return Directory.Exists(folder) ? folder : _certificates.Issue(silo);
        }
    }

    private async Task<string> Undisturbed(Job job)
    {
        await using var cluster = await GranaryCluster.Deploy(1, _folder);
        return (await cluster.Run(job)).Result!.WeightsSha256;
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Encryption_does_not_show_in_the_weights(int silos)
    {
        var job = Job(epochs: 20);
        await using var cluster = await Deploy(silos);
        var status = await cluster.Run(job);
        Assert.Equal(silos, status.Members.Count);
        Assert.Equal(await Undisturbed(job), status.Result!.WeightsSha256);
    }

    [Fact]
    public async Task Faults_of_the_channel_work_over_TLS_and_do_not_show_in_the_weights()
    {
        var job = Job(epochs: 30);
        await using var cluster = await Deploy(3);
        await cluster.HoldBack(milliseconds: 3);
        var coordinator = await cluster.Submit(job);
        await GranaryCluster.Until(coordinator, s => s.Step >= 40);
        var last = (await GranaryCluster.Until(coordinator, s => s.Members.Count == 3)).Members[^1].Name;
        await cluster.InjectFault(last, new Fault(FaultKind.Corrupt));
        await GranaryCluster.Until(coordinator, s => s.Recoveries >= 1 && s.State == JobState.Running && s.Step >= 120);
        await cluster.InjectFault(last, new Fault(FaultKind.Drop, Seconds: 0.3));
        await cluster.LetGo();
        var status = await GranaryCluster.Until(coordinator, s => s.State is JobState.Completed or JobState.Failed);
        Assert.Equal(await Undisturbed(job), status.Result?.WeightsSha256);
    }

    // The connections that are made after the kill are of certificates that were not there when the job began, of a CA that was not either.
    [Fact]
    public async Task Certificates_and_their_CA_are_rotated_while_a_job_runs_and_lose_no_step()
    {
        var job = Job(epochs: 30);
        await using var cluster = await Deploy(3);
        await cluster.HoldBack(milliseconds: 5);
        var coordinator = await cluster.Submit(job);
        var seen = await GranaryCluster.Until(coordinator, s => s.Step >= 20);
        var store = _certificates.Store;
        store.RotateAuthority(TimeSpan.FromDays(100));
        foreach (var name in store.Names())
        {
            store.Rotate(name, TimeSpan.FromDays(90));
        }

        store.DropOldAuthorities();
        seen = await GranaryCluster.Until(coordinator, s => s.Step >= seen.Step + 20);
        Assert.Equal(0, seen.Recoveries); // rotating alone breaks no connection
        await cluster.Kill(seen.Members[^1].Name);
        await GranaryCluster.Until(coordinator, s => s.Recoveries >= 1 && s.State == JobState.Running);
        await cluster.LetGo();
        var status = await GranaryCluster.Until(coordinator, s => s.State is JobState.Completed or JobState.Failed);
        Assert.Equal(await Undisturbed(job), status.Result?.WeightsSha256);
    }
}
