using System.Net.Sockets;
using Granary.Contracts;
using Granary.Web.Security;

namespace Granary.Web.Api;

/// <summary>The cluster has no job of this id.</summary>
internal sealed class UnknownJobException(string message) : Exception(message);

/// <summary>No silo that would know has answered.</summary>
internal sealed class ClusterSilentException(string message) : Exception(message);

/// <summary>Calls grains. A silo that has been asked may die with the question: it is asked again, for a while.</summary>
/// <param name="grains">The cluster.</param>
/// <param name="time">The clock.</param>
internal sealed class ClusterCalls(IGrainFactory grains, TimeProvider time)
{
    private static readonly TimeSpan EachTry = StatusMark.LongestWait + TimeSpan.FromSeconds(1.5);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    // A grain that stores something answers late where its storage is slow, and a second call would only wait behind the first one.
    private static readonly TimeSpan EachChange = TimeSpan.FromSeconds(12);
    // A grain that asks all silos waits up to 5 s for each.
    private static readonly TimeSpan EachOfSilos = TimeSpan.FromSeconds(7);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(150);
    private static readonly TimeSpan ListAge = TimeSpan.FromSeconds(1);

    private readonly Lock _listing = new();
    private Task<IReadOnlyList<JobStatus>>? _list;
    private long _listed;

    /// <summary>The list of jobs.</summary>
    public ICatalogueGrain Catalogue => grains.GetGrain<ICatalogueGrain>(0);

    /// <summary>The silos.</summary>
    public IClusterGrain Cluster => grains.GetGrain<IClusterGrain>(0);

    /// <summary>The tokens.</summary>
    public ITokenGrain Tokens => grains.GetGrain<ITokenGrain>(0);

    /// <summary>A job's coordinator, whether there is such a job or not.</summary>
    /// <exception cref="UnknownJobException">The id is empty.</exception>
    public ICoordinatorGrain Coordinator(string job) => string.IsNullOrWhiteSpace(job)
        ? throw new UnknownJobException("a job's id cannot be empty.")
        : grains.GetGrain<ICoordinatorGrain>(job);

    /// <summary>Every job, oldest first. Each page asks for it every few seconds: they share the answer, which is a second old at the most.</summary>
    /// <exception cref="ClusterSilentException">None has come.</exception>
    public Task<IReadOnlyList<JobStatus>> Jobs(CancellationToken cancellation)
    {
        lock (_listing)
        {
            if (_list is null || (_list.IsCompleted && (!_list.IsCompletedSuccessfully || time.GetElapsedTime(_listed) > ListAge)))
            {
                _listed = time.GetTimestamp();
                _list = Ask(Catalogue.List, CancellationToken.None); // it is not only for the one who asks first
            }

            return _list.WaitAsync(cancellation);
        }
    }

    /// <summary>A job has been handed in or told something: the next list is a new one.</summary>
    public void ForgetJobs()
    {
        lock (_listing)
        {
            _list = null;
        }
    }

    /// <summary>Calls until an answer has come: what is done by it must be the same where it is done twice.</summary>
    /// <exception cref="ClusterSilentException">None has come.</exception>
    public Task<T> Ask<T>(Func<Task<T>> call, CancellationToken cancellation) => Call(call, EachTry, cancellation);

    /// <summary>The same for a call that every silo is asked by.</summary>
    /// <inheritdoc cref="Ask{T}" path="/exception"/>
    public Task<T> AskSilos<T>(Func<Task<T>> call, CancellationToken cancellation) => Call(call, EachOfSilos, cancellation);

    /// <summary>The same for a call that changes something.</summary>
    /// <inheritdoc cref="Ask{T}" path="/exception"/>
    public Task<T> Change<T>(Func<Task<T>> call, CancellationToken cancellation) => Call(call, EachChange, cancellation);

    private async Task<T> Call<T>(Func<Task<T>> call, TimeSpan each, CancellationToken cancellation)
    {
        var since = time.GetTimestamp();
        while (true)
        {
            try
            {
                return await call().WaitAsync(each, time, cancellation);
            }
            catch (Exception e) when (e is OrleansException or TimeoutException or SocketException)
            {
                if (time.GetElapsedTime(since) > Patience)
                {
                    throw new ClusterSilentException($"no silo that knows has answered for {Patience.TotalSeconds:0} s. Look at the silos' logs: granary logs");
                }

                await Task.Delay(Pause, time, cancellation);
            }
        }
    }

    /// <inheritdoc cref="Ask{T}"/>
    public Task Tell(Func<Task> call, CancellationToken cancellation) => Change(
        async () =>
        {
            await call();
            return true;
        },
        cancellation);

    /// <summary>Where a job stands.</summary>
    /// <param name="job">Its id.</param>
    /// <param name="pointsKnown">Metric points that are left out.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="UnknownJobException">There is none.</exception>
    /// <exception cref="ClusterSilentException">No answer has come.</exception>
    public async Task<JobStatus> Status(string job, int pointsKnown, CancellationToken cancellation) =>
        await Ask(() => Coordinator(job).Status(pointsKnown), cancellation) ?? throw await Unknown(job, cancellation);

    /// <summary>The same once it is another than the known one.</summary>
    /// <inheritdoc cref="Status" path="/exception"/>
    public async Task<JobStatus> StatusAfter(string job, StatusMark known, CancellationToken cancellation) =>
        await Ask(() => Coordinator(job).StatusAfter(known, int.MaxValue), cancellation) ?? throw await Unknown(job, cancellation);

    /// <summary>Sees to it that there is such a job, and that somebody may end, pause or resume it.</summary>
    /// <inheritdoc cref="Status" path="/exception"/>
    /// <exception cref="ForbiddenException">They may not.</exception>
    public async Task MustChange(string job, Caller caller, CancellationToken cancellation)
    {
        var status = await Status(job, int.MaxValue, cancellation);
        if (!caller.MayChange(status.Owner))
        {
            throw new ForbiddenException($"{job} was handed in by {(status.Owner is { } owner ? $"'{owner}'" : "somebody without a token")}: only they, and operators, may end, pause and resume it.");
        }
    }

    private async Task<UnknownJobException> Unknown(string job, CancellationToken cancellation)
    {
        var known = (await Jobs(cancellation)).Select(j => j.JobId).ToArray();
        return new UnknownJobException($"there is no job '{job}'. " + (known.Length == 0 ? "The cluster knows none yet." : $"Known: {string.Join(", ", known)}."));
    }
}
