using System.Diagnostics;
using Granary.Contracts;

namespace Granary.Grains.Coordination;

/// <content>Watches its workers: which are gone, stalled or slow.</content>
internal sealed partial class GenerationRun
{
    // A member whose connection broke may be dead, or its peer may be, or just the connection: membership says which, within this time (more where silos get the
    // processor late).
    private static readonly TimeSpan VerdictTime = TimeSpan.FromSeconds(3);

    private static readonly TimeSpan WatchEvery = TimeSpan.FromSeconds(1);

    private async Task Check()
    {
        if (_trouble is not { } trouble)
        {
            return;
        }

        switch (trouble.Kind)
        {
            case TroubleKind.NonFiniteLoss or TroubleKind.NonFiniteGradient or TroubleKind.NonFiniteWeights:
                throw new NonFiniteJobException(trouble);
            case TroubleKind.Exception:
                throw new MemberFailedException($"step {trouble.Step} failed on silo {_members[trouble.Rank].Name}: {trouble.Message}");
            default:
                await Verdict(trouble);
                break;
        }
    }

    // Members stop computing when a link breaks; the membership's verdict says who is really gone, so that the next
    // generation does not count on it. A stall has been waited for already, for as long.
    private async Task Verdict(WorkerTrouble trouble)
    {
        var since = Stopwatch.StartNew();
        while (_stall is null && since.Elapsed < _patience.Stretch(VerdictTime) && _trouble!.Kind == TroubleKind.LostPeer && AllLive())
        {
            await Task.WhenAny(_news.Task, Task.Delay(20));
            if (_news.Task.IsCompleted)
            {
                _news = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            }
        }

        if (_trouble!.Kind != TroubleKind.LostPeer)
        {
            await Check();
        }

        var gone = Gone().ToArray();
        var lost = (_stall ?? trouble).Peer is { } peer ? _members[peer].Name : null;
        throw gone.Length > 0
            ? new LostMemberException(gone[0], $"silo {string.Join(", ", gone)} is gone")
            : _stall is not null ? new LostMemberException(lost, _stall.Message, isGone: false)
            : new LostMemberException(lost, $"the connection of {_members[trouble.Rank].Name} to {lost} broke, though both live: {trouble.Message}", isGone: false);
    }

    // A silo that has just died is not cut off: the membership is given its time.
    private async Task MustLive()
    {
        for (var since = Stopwatch.StartNew(); since.Elapsed < _patience.Current && AllLive();)
        {
            await Task.Delay(20);
        }

        if (Gone().FirstOrDefault() is { } gone)
        {
            throw new LostMemberException(gone, $"silo {gone} is gone");
        }
    }

    private IEnumerable<string> Gone() => Group.Silos
        .Select((s, i) => (Silo: s, _members[i].Name))
        .Where(m => _cluster.CurrentSnapshot.GetSiloStatus(m.Silo) != SiloStatus.Active).Select(m => m.Name);

    private bool AllLive() => !Gone().Any();

    private async Task FollowMembership()
    {
        try
        {
            await foreach (var _ in _cluster.MembershipUpdates.WithCancellation(_ended.Token))
            {
                if (Gone().FirstOrDefault() is { } gone)
                {
                    _trouble ??= new WorkerTrouble(
                        Group.Generation, 0, TroubleKind.LostPeer, _progress?.Committed ?? 0, null, Array.FindIndex(_members, m => m.Name == gone), "it left the cluster");
                }

                Wake(); // a silo may have joined, too
            }
        }
        catch (OperationCanceledException)
        {
            // The run is over.
        }
    }

    // A worker that answers calls but sends no data breaks no connection, so this polls.
    private async Task FollowTime()
    {
        using var timer = new PeriodicTimer(WatchEvery);
        while (!_ended.IsCancellationRequested)
        {
            try
            {
                await timer.WaitForNextTickAsync(_ended.Token);
                await Watch();
            }
            catch (Exception e) when (_ended.IsCancellationRequested || e is ObjectDisposedException)
            {
                return; // the run is over
            }
        }
    }

    // What a member says; null: it does not answer within the time, or its calls fail.
    private async Task<WorkerStanding?> Standing(int member, Task<WorkerStanding> asked, TimeSpan answerTime)
    {
        var began = Stopwatch.GetTimestamp();
        try
        {
            var standing = await asked.WaitAsync(answerTime, _ended.Token);
            _unanswered[member].Answered();
            return standing;
        }
        catch (Exception e) when (!_ended.IsCancellationRequested && e is not StaleGenerationException)
        {
            _unanswered[member].Missed(began);
            return null;
        }
        catch (StaleGenerationException)
        {
            _unanswered[member].Answered();
            return new WorkerStanding(0, false, [], 0, WorkerActivity.Joining, []); // an earlier build, which has not heard of this generation yet or knows a newer one
        }
    }

    private bool IsSilent(int member, TimeSpan stall) =>
        _unanswered[member].Are(StallWatch.SilentStalls, (StallWatch.SilentStalls * stall) - (WatchEvery / 2)); // of two clocks one may be a little early

    // While it is formed, as long as steps are granted, and where all members are to write a checkpoint or to evaluate. What is asked of single members is watched by LongCalls.
    private bool AllAreAwaited => _progress is null || _progress.Committed < _granted || Pending is not null || _evaluating;

    private async Task Watch()
    {
        if (!AllAreAwaited || _trouble is not null)
        {
            Array.ForEach(_unanswered, u => u.Answered());
            return;
        }

        var stall = _patience.Stretch(StallWatch.StallTime);
        var answers = await Task.WhenAll(Group.Stand().Select((asked, member) => Standing(member, asked, stall)));
        if (answers.Where((a, member) => a is null && !IsSilent(member, stall)).Any())
        {
            return; // it may be lost, which is noticed elsewhere; if it is not, the next look tells
        }

        var finding = _stalls.Look(answers, _members, stall, forming: _progress is null);
        if (finding is { Stalled: true } && _trouble is null)
        {
            Noticed(JobEventKind.Stalled, finding.Silo, finding.Message);
            _trouble = _stall = new WorkerTrouble(
                Group.Generation, finding.Member, TroubleKind.LostPeer, _progress?.Committed ?? 0, null, finding.Lost, finding.Message);
            Wake();
        }
        else if (finding is { Stalled: false })
        {
            Noticed(JobEventKind.SlowSilo, finding.Silo, finding.Message);
        }
    }
}

/// <summary>A member is gone, or cannot be worked with; the job goes on in another generation.</summary>
/// <param name="silo">The member.</param>
/// <param name="message">What happened.</param>
/// <param name="isGone">Whether it has left the cluster, and not only its connection broke.</param>
internal sealed class LostMemberException(string? silo, string message, bool isGone = true) : Exception(message)
{
    public bool IsGone { get; } = isGone;

    public string? Silo { get; } = silo;
}

/// <summary>A member failed at something that might work elsewhere or another time.</summary>
internal sealed class MemberFailedException(string message) : Exception(message);
