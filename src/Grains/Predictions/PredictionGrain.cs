using System.Globalization;
using Granary.Contracts;
using Granary.Grains.Liveness;
using Granary.Grains.Shards;
using Granary.Jobs;
using Orleans.Placement;

namespace Granary.Grains.Predictions;

/// <summary>See <see cref="IPredictionGrain"/>. Hands out parts in their order, one at a time to each silo, until one ends the input. Of several parts that cannot be predicted the first one
/// is told of, as if one process had predicted all. Where nobody asks for the answer any more, it ends after the parts that are under way.</summary>
[KeepAlive, Immovable]
internal sealed class PredictionGrain(ReadingThreads threads, IClusterMembershipService cluster, CallerPatience patience) : Grain, IPredictionGrain
{
    private readonly SpreadCalls _calls = new(cluster);
    private readonly CallerWatch _caller = new(TimeProvider.System, patience);
    private readonly HashSet<int> _finished = [];
    private readonly SortedDictionary<int, string> _failures = [];
    private PredictionAnswer? _answer;
    private bool _begun;
    private bool _forsaken;
    private int _next;
    private int _end = int.MaxValue; // no part from this one on is wanted

    /// <inheritdoc/>
    public Task<PredictionAnswer> Ask(PredictionRequest request)
    {
        _caller.Asked();
        if (!_begun)
        {
            _begun = true;
            this.RegisterGrainTimer(LookForCaller, new GrainTimerCreationOptions(_caller.LookEvery, _caller.LookEvery) { Interleave = true });
            _ = Run(request);
        }

        if (_answer is not null)
        {
            DeactivateOnIdle(); // whoever asks once more, because this answer was lost, finds every part finished
        }

        return Task.FromResult(_answer ?? new PredictionAnswer(_finished.Count, false, null));
    }

    // Who comes back later finds what is finished, and has the rest made by another activation.
    private Task LookForCaller()
    {
        if (_caller.IsGone && !_forsaken)
        {
            (_forsaken, _end) = (true, 0);
            if (_answer is not null)
            {
                DeactivateOnIdle();
            }
        }

        return Task.CompletedTask;
    }

    private async Task Run(PredictionRequest request)
    {
        await Predict(request);
        if (_forsaken)
        {
            DeactivateOnIdle();
        }
    }

    private async Task Predict(PredictionRequest request)
    {
        string? failure;
        try
        {
            if (PathRule.Current.WriteRefusal(request.Parts) is { } refusal)
            {
                throw new JobException(refusal);
            }

            foreach (var part in await threads.Run(() => new PredictionParts(request.Parts).Finished()))
            {
                Take(part);
            }

            var places = Enumerable.Range(0, _calls.Silos).ToArray();
            try
            {
                await Task.WhenAll(places.Select(place => Work(request, place)));
            }
            finally
            {
                await Task.WhenAll(places.Select(Leave));
            }

            failure = _failures.Count > 0 ? _failures.First().Value : null;
        }
#pragma warning disable CA1031 // the caller must get it as an answer
        catch (Exception e)
#pragma warning restore CA1031
        {
            failure = e is JobException ? e.Message
                : e is OrleansException or TimeoutException ? $"a part could not be predicted, {SpreadCalls.Tries} times in a row; the last cause: {e.GetType().Name}: {e.Message}"
                : $"a part could not be predicted, which is a mistake of Granary's or the machine's: {e.GetType().Name}: {e.Message}";
        }

        _answer = _forsaken ? null : new PredictionAnswer(_finished.Count, failure is null, failure);
    }

    private async Task Work(PredictionRequest request, int place)
    {
        while (Next() is { } part)
        {
            try
            {
                Take(await _calls.Ask(place, () => Worker(place).Predict(request, part)));
            }
            catch (JobException e)
            {
                (_failures[part], _end) = (e.Message, Math.Min(_end, part)); // those before it are predicted all the same: one of them may say something else
            }
            catch
            {
                _end = Math.Min(_end, part); // the others need not go on to the end
                throw;
            }
        }
    }

    private async Task Leave(int place)
    {
        try
        {
            await Worker(place).Leave();
        }
        catch (Exception e) when (e is OrleansException or TimeoutException)
        {
            // Its silo is gone, and it with it.
        }
    }

    private int? Next()
    {
        while (_finished.Contains(_next))
        {
            _next++;
        }

        return _next < _end ? _next++ : null;
    }

    private void Take(FinishedPart part)
    {
        _finished.Add(part.Part);
        _end = part.IsLast ? Math.Min(_end, part.Part + 1) : _end;
    }

    private IPredictionWorkerGrain Worker(int place) => GrainFactory.GetGrain<IPredictionWorkerGrain>(
        string.Create(CultureInfo.InvariantCulture, $"{this.GetPrimaryKeyString()}/{place}"));
}
