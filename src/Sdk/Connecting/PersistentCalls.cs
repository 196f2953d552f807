using System.Diagnostics;
using Granary.Contracts;
using Granary.Jobs;

namespace Granary.Sdk.Connecting;

/// <summary>Calls that are made again until an answer has come or the time for it is over.</summary>
/// <param name="patience">How long silence is borne.</param>
/// <param name="silence">The error for silence of so long.</param>
internal sealed class PersistentCalls(TimeSpan patience, Func<TimeSpan, ClusterUnreachableException> silence)
{
    /// <summary>Between two tries.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(150);

    /// <summary>Asks what changes nothing: it may be answered more than once.</summary>
    /// <exception cref="ClusterUnreachableException">Nobody answers.</exception>
    public Task<T> Ask<T>(Func<Task<T>> question, CancellationToken cancellation) => PersistFor(() => HedgedQuestion<T>.Ask(question), patience, cancellation);

    /// <summary>The same for a long poll, which is answered late when nothing has changed: the time for it is longer by that wait.</summary>
    /// <exception cref="ClusterUnreachableException">Nobody answers.</exception>
    public Task<T> AskAndWait<T>(Func<Task<T>> question, CancellationToken cancellation) =>
        PersistFor(() => HedgedQuestion<T>.AskAndWait(question), patience + StatusMark.LongestWait, cancellation);

    /// <summary>Calls until an answer has come: what is done by it must be the same where it is done twice.</summary>
    /// <exception cref="ClusterUnreachableException">Nobody answers.</exception>
    /// <exception cref="JobRefusedException">The answer is that a job cannot be taken.</exception>
    public Task<T> Persist<T>(Func<Task<T>> call, CancellationToken cancellation) => PersistFor(call, patience, cancellation);

    private async Task<T> PersistFor<T>(Func<Task<T>> call, TimeSpan time, CancellationToken cancellation)
    {
        var since = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                var rest = time - since.Elapsed;
                return await call().WaitAsync(rest > Pause ? rest : Pause, cancellation);
            }
            catch (Exception e) when (WayLost.Tells(e))
            {
                if (since.Elapsed > time)
                {
                    throw silence(time);
                }

                await Task.Delay(Pause, cancellation);
            }
            catch (JobException e)
            {
                throw new JobRefusedException(e);
            }
            catch (Exception e) when (e is not (GranaryException or OperationCanceledException))
            {
                // An error of the silo may have any type. Callers could not tell it from an error of this process, so it is wrapped here.
                throw new ClusterUnreachableException($"the cluster did not answer as it should: {e.GetType().Name}: {e.Message}");
            }
        }
    }
}
