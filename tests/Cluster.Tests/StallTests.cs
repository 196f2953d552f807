using System.Diagnostics;
using System.Text.RegularExpressions;
using Granary.Contracts;
using Granary.Jobs;
using Granary.Sdk;
using Microsoft.Data.Sqlite;

namespace Granary.Cluster.Tests;

/// <summary>A job that makes no progress says why, and names the culprit: in its status while it lasts, or among its events. Six kinds of stall are caused in
/// one cluster of real processes, one after the other.</summary>
public sealed class StallTests(ITestOutputHelper output) : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-test-").FullName;
    private GranaryClient? _client;
    private JobHandle? _job;
    private int _known; // events before the stall that is next

    private string Home => Path.Combine(_folder, "home");

    private GranaryClient Client => _client!;

    public async ValueTask InitializeAsync()
    {
        using var up = await CommandLine.Run(_folder, "up", "--silos", "3");
        await up.Succeeds();
        _client = await GranaryClient.ConnectAsync(new GranaryClientOptions { Home = Home });
    }

    public async ValueTask DisposeAsync()
    {
        await Client.DisposeAsync();
        using var down = await CommandLine.Run(_folder, "down");
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Six_kinds_of_stall_are_each_named_with_their_culprit()
    {
        await Client.InjectFault("silo-3", new Fault(FaultKind.HoldReading, Seconds: 600));
        _job = await Submit();
        await Named("a shard whose data is not read", null, s => s.WaitingFor is { } w && w.Contains("silo-3 has been reading shard", StringComparison.Ordinal));
        await Shown(@"no progress for [0-9]+ s: silo-3 has been reading [\s\S]*2 +silo-3 +reading data \(shard [0-9, ]+\)");

        await Client.ClearFault("silo-3", FaultKind.HoldReading);
        await Moves();

        var other = await NotTheCoordinator();
        await Client.InjectFault(other, new Fault(FaultKind.Slow, Seconds: 600, Factor: 2_000));
        await Named("a slow silo", other, s => s.WaitingFor?.StartsWith($"{other} has been computing for", StringComparison.Ordinal) == true, JobEventKind.SlowSilo);
        await Client.ClearFault(other, FaultKind.Slow);
        await Moves();

        var first = (await _job.GetStatusAsync()).Members[0].Name; // it owns the one block of this model
        await Client.InjectFault(first, new Fault(FaultKind.FullDisk, Seconds: 600));
        await Named("a full disk", first, _ => false, JobEventKind.CheckpointFailed);
        await Client.ClearFault(first, FaultKind.FullDisk);
        await Moves();

        using (var store = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = Path.Combine(Home, "jobs.db"), Pooling = false }.ToString()))
        {
            store.Open();
            using var transaction = store.BeginTransaction(deferred: false);
            await Named("a store that does not answer", null, s => s.Activity.StartsWith("the state could not be stored", StringComparison.Ordinal), JobEventKind.StorageFailed);
        }

        await Moves();
        await Client.InjectFault(other, new Fault(FaultKind.Drop, Seconds: 600));
        await Named("a channel that carries nothing", other, s => s.WaitingFor?.Contains(other, StringComparison.Ordinal) == true, JobEventKind.Stalled);
        await Client.ClearFault(other, FaultKind.Drop);
        await Moves();

        other = await NotTheCoordinator();
        var pid = (await _job.GetStatusAsync()).Members.Single(m => m.Name == other).Pid;
        CommandLine.Kill("STOP", $"{pid}");
        try
        {
            await Named("a frozen silo", other, s => s.WaitingFor?.StartsWith($"{other} has not answered for", StringComparison.Ordinal) == true, JobEventKind.SiloLost);
        }
        finally
        {
            CommandLine.Kill("CONT", $"{pid}");
        }

        await Moves();
        await _job.CancelAsync();
    }

    // Once: a silo of a busy machine may be late with its answer.
    private async Task Shown(string pattern)
    {
        for (var since = Stopwatch.StartNew(); ;)
        {
            using var top = await CommandLine.Run(_folder, "top", _job!.Id);
            if (Regex.IsMatch(top.Output, pattern))
            {
                return;
            }

            Assert.True(since.Elapsed < TimeSpan.FromMinutes(1), top.Output);
        }
    }

    private async Task<JobHandle> Submit()
    {
        var job = JobBuilder.FromFile(Path.Combine(CommandLine.Examples, "digits-mlp.yaml")).Set("training.epochs", 1_000_000).Set("data.shards", 6)
            .Set("training.checkpoint.steps", 20).Set("training.checkpoint.seconds", 0).Build();
        return await Client.SubmitAsync(job, new SubmitOptions { CheckData = false, Output = Path.Combine(_folder, "run") });
    }

    // Waits until the stall is named, by the status or by an event of this kind that is new.
    private async Task Named(string stall, string? silo, Func<JobStatus, bool> named, JobEventKind? kind = null)
    {
        var since = Stopwatch.StartNew();
        while (true)
        {
            var status = await _job!.GetStatusAsync();
            var told = (await _job.GetEventsAsync()).Skip(_known).FirstOrDefault(e => (e.Kind == kind || (kind == JobEventKind.SiloLost && e.Message.EndsWith($"no longer there: {silo}", StringComparison.Ordinal))) && (silo is null || $"{e.Silo} {e.Message}".Contains(silo, StringComparison.Ordinal)));
            if (named(status) || told is not null)
            {
                output.WriteLine($"{stall}: after {since.Elapsed.TotalSeconds:0.0} s: {told?.Message ?? status.WaitingFor ?? status.Activity}");
                return;
            }

            Assert.True(since.Elapsed < TimeSpan.FromMinutes(1), $"{stall} was not named; the status: {status}, the events: {string.Join("; ", (await _job.GetEventsAsync()).Select(e => e.Message))}");
            await Task.Delay(50);
        }
    }

    // All three silos train again, and nobody is waited for.
    private async Task Moves()
    {
        var from = await _job!.GetStatusAsync();
        for (var since = Stopwatch.StartNew(); ; await Task.Delay(50))
        {
            var status = await _job.GetStatusAsync();
            if (status.Members.Count == 3 && status.Resumed is not null && status.Step > from.Step + 20 && status.WaitingFor is null)
            {
                _known = (await _job.GetEventsAsync()).Count;
                return;
            }

            Assert.True(since.Elapsed < TimeSpan.FromMinutes(3), $"the job does not go on: {status}");
        }
    }

    private async Task<string> NotTheCoordinator()
    {
        var status = await _job!.GetStatusAsync();
        return status.Members.Last(m => m.Name != status.Coordinator).Name;
    }
}
