using Granary.Contracts;
using Granary.Grains.Liveness;

namespace Granary.Grains.Coordination;

/// <summary>Makes calls that may take hours, in whatever phase of a job. Beside each the silo is asked short questions: where it answers none, or works at no call, the call is
/// given up, for no answer would ever come.</summary>
/// <param name="stretch">Scales a time-out that suits an idle cluster to the present lateness.</param>
/// <param name="time">The clock.</param>
internal sealed class LongCalls(Func<TimeSpan, TimeSpan> stretch, TimeProvider time)
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan AnswerTime = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(8);

    private volatile bool _abandoned;

    /// <param name="patience">How long silent silos are waited for.</param>
    public LongCalls(Patience patience)
        : this(patience.Stretch, TimeProvider.System)
    {
    }

    /// <summary>Makes a call.</summary>
    /// <param name="silo">Name of the silo that is called.</param>
    /// <param name="call">The call.</param>
    /// <param name="stand">The short question.</param>
    /// <exception cref="LostMemberException">No answer will come.</exception>
    public async Task<T> Make<T>(string silo, Func<Task<T>> call, Func<Task<WorkerStanding>> stand)
    {
        var (asked, watch) = (call(), new AnswerWatch(time));
        _ = asked.ContinueWith(t => t.Exception, TaskScheduler.Default); // where it is given up nobody waits for what comes of it
        while (!asked.IsCompleted && !_abandoned)
        {
            await Task.WhenAny(asked, Task.Delay(LookEvery, time));
            if (!asked.IsCompleted)
            {
                var began = time.GetTimestamp();
                var (answered, calls) = await Look(stand);
                if (watch.Look(began, answered, calls, stretch(Silence)) is { } wrong && !asked.IsCompleted)
                {
                    throw new LostMemberException(silo, $"silo {silo} {wrong}", isGone: false);
                }
            }
        }

        return await asked;
    }

    /// <inheritdoc cref="Make{T}"/>
    public Task Make(string silo, Func<Task> call, Func<Task<WorkerStanding>> stand) => Make(
        silo,
        async () =>
        {
            await call();
            return true;
        },
        stand);

    /// <summary>Asks no more questions: nobody waits for the calls under way.</summary>
    public void Abandon() => _abandoned = true;

    /// <summary>Waits for several calls; one whose answer will not come ends the waiting at once, however long the others take.</summary>
    /// <exception cref="LostMemberException">No answer will come to one of them.</exception>
    public static async Task All(IReadOnlyCollection<Task> asked)
    {
        var lost = new TaskCompletionSource();
        foreach (var one in asked)
        {
            _ = one.ContinueWith(
                t => t.Exception?.InnerException is LostMemberException e && lost.TrySetException(e),
                CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }

        var all = Task.WhenAll(asked);
        _ = all.ContinueWith(t => t.Exception, TaskScheduler.Default);
        await await Task.WhenAny(lost.Task, all);
    }

    private async Task<(bool Answered, int? Calls)> Look(Func<Task<WorkerStanding>> stand)
    {
        try
        {
            var standing = await stand().WaitAsync(stretch(AnswerTime), time);
            return (true, standing.Calls);
        }
        catch (StaleGenerationException)
        {
            return (true, null); // an earlier build, which does not know the generation yet
        }
        catch (Exception e) when (e is not StaleGenerationException) // whatever it is: no answer
        {
            return (false, null);
        }
    }
}
