using System.Net;
using System.Net.Sockets;
using Granary.Contracts;
using Granary.Jobs;

namespace Granary.Grains.Tests.Tracking;

/// <summary>What a tracking server is told of a job.</summary>
public sealed class MlflowTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private Job Tracked(string server, int epochs)
    {
        var job = SmallCluster.Blobs(_folder);
        return job with { Training = job.Training with { Epochs = epochs }, Tracking = new TrackingSection { Mlflow = server, Experiment = "points" } };
    }

    [Fact]
    public async Task Each_step_is_logged_once_whatever_is_lost()
    {
        using var server = new MlflowDouble { Loses = 7 };
        await using var cluster = await GranaryCluster.Deploy(3, _folder);
        var job = Tracked(server.Address, epochs: 60);
        await cluster.HoldBack(5); // the job must outlive its coordinator
        var coordinator = await cluster.Submit(job);
        await GranaryCluster.Until(coordinator, _ => server.Logged > 0);
        var before = await GranaryCluster.Until(coordinator, s => s.State == JobState.Running);
        await cluster.Kill(before.Coordinator);
        await cluster.LetGo();
        var done = await GranaryCluster.Until(coordinator, s => s.State is JobState.Completed or JobState.Failed);
        Assert.Equal((JobState.Completed, true), (done.State, done.Recoveries > 0));

        lock (server.Runs)
        {
            var run = Assert.Single(server.Runs);
            Assert.Equal("points", Assert.Single(server.Experiments));
            Assert.Equal(("FINISHED", true), (run.Status, run.Ended >= run.Began));
            Assert.Equal((done.JobId, done.Result!.WeightsSha256), (run.Tags["granary.job"], run.Tags["granary.weightsSha256"]));
            Assert.Equal(("sgd", "0.5", "60"), (run.Parameters["training.optimizer.kind"], run.Parameters["training.optimizer.learningRate"], run.Parameters["training.epochs"]));

            // Exactly the points that the job has, each once.
            var losses = run.Metrics.Where(m => m.Key == "train/loss").ToArray();
            Assert.Equal(done.Points.Select(p => (p.Step, p.Loss)), losses.Select(m => (m.Step, m.Value)));
            Assert.Equal(
                done.Points.Where(p => p.ValidationAccuracy is not null).Select(p => (p.Step, p.ValidationAccuracy!.Value)),
                run.Metrics.Where(m => m.Key == "validation/accuracy").Select(m => (m.Step, m.Value)));
            Assert.All(run.Metrics.GroupBy(m => (m.Key, m.Step)), m => Assert.Single(m));
            Assert.All(losses.Zip(losses.Skip(1)), m => Assert.True(m.First.At <= m.Second.At, $"{m.First} is followed by {m.Second}"));
        }
    }

    // A successor knows what was stored, and counts time on from there.
    [Fact]
    public async Task Nothing_is_logged_that_a_lost_coordinator_takes_with_it()
    {
        using var server = new MlflowDouble();
        var storage = new SharedStorage();
        await using var cluster = await GranaryCluster.Deploy(3, _folder, storage: storage);
        await cluster.HoldBack(20); // the job must outlive its coordinator
        var coordinator = await cluster.Submit(Tracked(server.Address, epochs: 100));
        await GranaryCluster.Until(coordinator, _ => server.Logged > 0);
        storage.Fail(first: 0, count: int.MaxValue / 2);
        var before = await GranaryCluster.Until(coordinator, _ => storage.Failed > 3); // tried once a second: the server has been told again meanwhile
        Assert.Equal(JobState.Running, before.State);
        await cluster.Kill(before.Coordinator);
        storage.Fail(first: 0, count: 0);
        await cluster.LetGo();
        var done = await GranaryCluster.Until(coordinator, s => s.State is JobState.Completed or JobState.Failed);
        Assert.Equal((JobState.Completed, true), (done.State, done.Recoveries > 0));
        lock (server.Runs)
        {
            var losses = Assert.Single(server.Runs).Metrics.Where(m => m.Key == "train/loss").ToArray();
            Assert.Equal(done.Points.Select(p => (p.Step, p.Loss)), losses.Select(m => (m.Step, m.Value)));
            Assert.All(losses.Zip(losses.Skip(1)), m => Assert.True(m.First.At <= m.Second.At, $"{m.First} is followed by {m.Second}"));
        }

        Assert.All(done.Points.Zip(done.Points.Skip(1)), p => Assert.True(p.First.Seconds <= p.Second.Seconds, $"{p.First} is followed by {p.Second}"));
    }

    [Fact]
    public async Task A_server_that_does_not_answer_is_what_the_end_of_a_job_is_seen_to_wait_for()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start(); // connections are taken, and nobody reads
        await using var cluster = await GranaryCluster.Deploy(1, _folder);
        var coordinator = await cluster.Submit(Tracked($"http://127.0.0.1:{((IPEndPoint)silent.LocalEndpoint).Port}", epochs: 20));
        var waits = await GranaryCluster.Until(coordinator, s => s.Activity == "telling the MLflow server" || s.State is JobState.Completed or JobState.Failed);
        Assert.Equal((JobState.Running, 0), (waits.State, waits.Recoveries));
        Assert.Equal(JobState.Completed, (await GranaryCluster.Until(coordinator, s => s.State is JobState.Completed or JobState.Failed)).State);
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_said_once_and_stops_nothing()
    {
        string nobody;
        using (var gone = new MlflowDouble())
        {
            nobody = gone.Address;
        }

        await using var cluster = await GranaryCluster.Deploy(2, _folder);
        var done = await cluster.Run(Tracked(nobody, epochs: 20));
        Assert.Equal(JobState.Completed, done.State);
        var events = await cluster.Client.GetGrain<ICoordinatorGrain>(done.JobId).Events();
        var said = Assert.Single(events, e => e.Kind == JobEventKind.TrackingFailed);
        Assert.Contains($"the MLflow server at {nobody} does not take the job's figures: ", said.Message);
        Assert.Contains("tracking.mlflow", said.Message);
    }
}
