using Granary.Contracts;
using Microsoft.Extensions.DependencyInjection;

namespace Granary.Grains.Tests.Coordination;

/// <summary>A cluster that comes back with a long queue.</summary>
public sealed class QueueWakingTests : IDisposable
{
    private const int Jobs = 30;

    private readonly string _folder = Directory.CreateTempSubdirectory("granary-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Every_queued_job_wakes_the_queue_which_is_looked_at_a_few_times_alone()
    {
        var storage = new SharedStorage();
        var ids = new List<string>();
        var first = await GranaryCluster.Deploy(1, _folder, id: "first", storage: storage);
        await first.HoldBack(milliseconds: 50); // the first job runs on, so that the others stay queued
        var job = SmallCluster.Blobs(_folder);
        for (var i = 0; i < Jobs; i++)
        {
            ids.Add((await first.Submit(job)).GetPrimaryKeyString());
        }

        await first.DisposeAsync();
        var passes = new Passes();
        await using var second = await GranaryCluster.Deploy(
            1, _folder, id: "second", storage: storage, extend: silo => silo.Services.AddSingleton<IIncomingGrainCallFilter>(passes));
        await Task.WhenAll(ids.Select(id => second.Client.GetGrain<ICoordinatorGrain>(id).Status(int.MaxValue)));
        await GranaryCluster.Until(second.Client.GetGrain<ICoordinatorGrain>(ids[^1]), s => s.State == JobState.Completed);
        Assert.InRange(passes.Woken, Jobs / 2, int.MaxValue);

        // One for each job that ends, and a few for all that were woken.
        Assert.InRange(passes.Looked, Jobs / 2, Jobs + 15);
    }

    private sealed class Passes : IIncomingGrainCallFilter
    {
        private int _woken;
        private int _looked;

        public int Woken => _woken;

        public int Looked => _looked;

        public Task Invoke(IIncomingGrainCallContext context)
        {
            if (context.InterfaceMethod.DeclaringType == typeof(ICatalogueGrain))
            {
                _ = context.MethodName switch
                {
                    nameof(ICatalogueGrain.Wake) => Interlocked.Increment(ref _woken),
                    nameof(ICatalogueGrain.Awake) => Interlocked.Increment(ref _looked),
                    _ => 0,
                };
            }

            return context.Invoke();
        }
    }
}
