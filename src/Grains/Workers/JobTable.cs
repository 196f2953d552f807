using System.Collections.Concurrent;
using Granary.Contracts;

namespace Granary.Grains.Workers;

/// <summary>The jobs that this silo has a part in, each with its newest generation. Calls of another generation are refused. Written by the
/// worker's turns alone, read by any thread.</summary>
/// <param name="silo">This silo.</param>
internal sealed class JobTable(SiloIdentity silo)
{
    private readonly ConcurrentDictionary<string, JobEntry> _jobs = [];

    /// <summary>Ids of the jobs.</summary>
    public IReadOnlyList<string> Ids => [.. _jobs.Keys];

    /// <summary>All entries.</summary>
    public IReadOnlyList<JobEntry> Entries => [.. _jobs.Values];

    /// <summary>The entry of a job, of whatever generation; null: this silo has no part in it.</summary>
    public JobEntry? Find(string jobId) => _jobs.GetValueOrDefault(jobId);

    /// <summary>Replaces a job's entry by one of a newer generation. Returns both.</summary>
    /// <exception cref="StaleGenerationException">The generation is older than the one known.</exception>
    public (JobEntry Entry, JobEntry? Before) Join(GenerationId generation)
    {
        var before = Find(generation.JobId);
        if (before is not null && before.Generation.Number > generation.Number)
        {
            throw Stale(generation, before.Generation.Number);
        }

        var entry = new JobEntry(generation, before?.Memory ?? new JobMemory(), before);
        _jobs[generation.JobId] = entry;
        return (entry, before);
    }

    /// <summary>The entry of a generation, with its worker's assignment from now on.</summary>
    /// <exception cref="StaleGenerationException">It is not the current generation.</exception>
    public JobEntry Assign(Assignment assignment)
    {
        var entry = Current(assignment.Generation);
        entry.Assignment = assignment;
        return entry;
    }

    /// <summary>The entry of a generation.</summary>
    /// <exception cref="StaleGenerationException">It is not the current generation.</exception>
    public JobEntry Current(GenerationId generation) =>
        Find(generation.JobId) is not { } entry ? throw Stale(generation, 0)
        : entry.Generation != generation ? throw Stale(generation, entry.Generation.Number)
        : entry;

    /// <summary>The session of a generation.</summary>
    /// <exception cref="StaleGenerationException">It is not the current generation.</exception>
    public IWorkerSession Session(GenerationId generation) => Current(generation).Session
        ?? throw new InvalidOperationException($"Job {generation.JobId} has not been prepared on silo {silo.Name}.");

    /// <summary>Removes a job.</summary>
    public void Remove(string jobId) => _jobs.TryRemove(jobId, out _);

    /// <summary>Removes all jobs.</summary>
    public void Clear() => _jobs.Clear();

    /// <summary>Refuses a call of another generation than the one known.</summary>
    public StaleGenerationException Stale(GenerationId generation, long known) => new(
        $"Silo {silo.Name} knows generation {known} of job {generation.JobId}; a call of generation {generation.Number} is refused.");
}
