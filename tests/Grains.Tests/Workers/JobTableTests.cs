using System.Net;
using System.Reflection;
using Granary.Contracts;
using Granary.Grains.Workers;

namespace Granary.Grains.Tests;

public sealed class JobTableTests
{
    private readonly JobTable _jobs = new(new SiloIdentity("silo-1", "c", 1, "cpu", new IPEndPoint(IPAddress.Loopback, 0), "o", "c"));

    [Fact]
    public void A_newer_generation_takes_over_the_memory_of_the_older_one()
    {
        var (first, none) = _jobs.Join(new GenerationId("job", 3));
        var (second, before) = _jobs.Join(new GenerationId("job", 5));

        Assert.Null(none);
        Assert.Same(first, before);
        Assert.Same(first.Memory, second.Memory);
        Assert.Same(second, _jobs.Current(new GenerationId("job", 5)));
        Assert.Equal(["job"], _jobs.Ids);
    }

    // The one that waited first has given up: its caller has got no answer.
    [Fact]
    public async Task Whoever_joins_waits_for_the_end_of_every_generation_before()
    {
        using var ends = new ManualResetEventSlim();
        var session = DispatchProxy.Create<IWorkerSession, Ends>();
        ((Ends)session).When = ends;
        _jobs.Join(new GenerationId("job", 1)).Entry.TryBegin(session, null!);
        var second = _jobs.Join(new GenerationId("job", 2)).Before!.End();
        var third = _jobs.Join(new GenerationId("job", 3)).Before!.End();
        var thirdWaited = third.ContinueWith(_ => ((Ends)session).HasEnded, TaskScheduler.Default);
        await new JobEntry(new GenerationId("other", 1), new JobMemory()).End(); // as long as it takes where nobody is waited for
        Assert.False(second.IsCompleted || third.IsCompleted);
        ends.Set();
        await second.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);
        Assert.True(await thirdWaited.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task An_end_that_fails_is_told_once_and_keeps_nobody_from_joining()
    {
        var session = DispatchProxy.Create<IWorkerSession, Ends>();
        ((Ends)session).Failure = new InvalidOperationException("it does not end well");
        _jobs.Join(new GenerationId("job", 1)).Entry.TryBegin(session, null!);
        await Assert.ThrowsAsync<InvalidOperationException>(() => _jobs.Join(new GenerationId("job", 2)).Before!.End());
        await _jobs.Join(new GenerationId("job", 3)).Before!.End();
    }

    /// <summary>A session that takes its time to end.</summary>
    public class Ends : DispatchProxy
    {
        internal ManualResetEventSlim? When { get; set; }

        internal Exception? Failure { get; set; }

        internal bool HasEnded { get; private set; }

        protected override object? Invoke(MethodInfo? method, object?[]? arguments)
        {
            When?.Wait();
            HasEnded = true;
            return Failure is null ? null : throw Failure;
        }
    }

    [Fact]
    public void Calls_of_another_generation_are_refused()
    {
        _jobs.Join(new GenerationId("job", 5));

        var older = Assert.Throws<StaleGenerationException>(() => _jobs.Join(new GenerationId("job", 4)));
        Assert.Equal("Silo silo-1 knows generation 5 of job job; a call of generation 4 is refused.", older.Message);
        Assert.Throws<StaleGenerationException>(() => _jobs.Current(new GenerationId("job", 4)));
        Assert.Throws<StaleGenerationException>(() => _jobs.Current(new GenerationId("job", 6)));
        Assert.Throws<StaleGenerationException>(() => _jobs.Current(new GenerationId("other", 1)));
        Assert.Throws<InvalidOperationException>(() => _jobs.Session(new GenerationId("job", 5))); // joined, but not prepared
    }

    [Fact]
    public void A_job_that_was_removed_is_not_known_any_more()
    {
        _jobs.Join(new GenerationId("job", 5));
        _jobs.Remove("job");

        Assert.Null(_jobs.Find("job"));
        Assert.Empty(_jobs.Ids);
        var (_, before) = _jobs.Join(new GenerationId("job", 1)); // a new job of that id begins anew
        Assert.Null(before);
    }
}
