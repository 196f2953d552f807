using System.Diagnostics;
using Granary.Contracts;
using Granary.Grains.Workers;
using Granary.Jobs;
using Microsoft.Extensions.Logging;
using Orleans.Placement;
using Orleans.Runtime;

namespace Granary.Grains.Coordination;

/// <summary>See <see cref="ICoordinatorGrain"/>. One attempt after the other: each is a generation with a crew of its own.</summary>
[KeepAlive, Immovable]
internal sealed partial class CoordinatorGrain(
    [PersistentState("coordinator")] IPersistentState<CoordinatorState> kept,
    IClusterMembershipService cluster,
    IWorkerClient workers,
    SiloIdentity silo,
    ILogger<CoordinatorGrain> logger) : Grain, ICoordinatorGrain, IRemindable
{
    private const int MaxRecoveries = 100;
    private const string KeepGoing = "keep going";

    private Task? _running;
    private Attempt? _attempt;
    private string _activity = "";

    private string JobId => this.GetPrimaryKeyString();

    private CoordinatorState State => kept.State;

    /// <inheritdoc/>
    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        if (State is { Submission: not null, State: JobState.Running })
        {
            // The activation before this one was lost with its silo: its generation must not go on without a head.
            State.Recoveries++;
            _running = Run();
        }

        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async Task Accept(Submission submission)
    {
        if (State.Submission is null)
        {
            State.Submission = submission;
            State.State = JobState.Queued;
            State.Submitted = DateTimeOffset.UtcNow;
            await kept.WriteStateAsync();
        }
    }

    /// <inheritdoc/>
    public async Task Start()
    {
        if (State.State != JobState.Queued || State.Submission is null)
        {
            return;
        }

        State.State = JobState.Running;
        await kept.WriteStateAsync();
        await this.RegisterOrUpdateReminder(KeepGoing, TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(1));
        _running = Run();
    }

    /// <inheritdoc/>
    public async Task ReceiveReminder(string reminderName, TickStatus status)
    {
        // Being called is enough: an activation that finds its job running goes on with it.
        if (State.State is not (JobState.Running or JobState.Queued) && await this.GetReminder(reminderName) is { } reminder)
        {
            await this.UnregisterReminder(reminder);
        }
    }

    /// <inheritdoc/>
    public Task<JobStatus?> Status(int pointsKnown)
    {
        if (State.Submission is not { } submission)
        {
            return Task.FromResult<JobStatus?>(null);
        }

        var batches = State.Facts is { } facts ? new BatchPlan(facts.TrainingRows, submission.Job.Training.Batch, submission.Job.Training.Epochs) : null;
        return Task.FromResult<JobStatus?>(new JobStatus
        {
            JobId = JobId,
            Name = submission.Job.Name,
            State = State.State,
            Activity = _activity,
            Step = _attempt?.Progress?.Committed ?? State.Step,
            Steps = batches?.Steps ?? 0,
            StepsPerEpoch = batches?.StepsPerEpoch ?? 0,
            Epochs = submission.Job.Training.Epochs,
            Generation = State.Generation,
            Recoveries = State.Recoveries,
            Members = _attempt?.Members ?? State.Members,
            Examples = _attempt?.Progress?.Examples ?? State.Examples,
            ExamplesPerSecond = _attempt?.ExamplesPerSecond ?? (State.Seconds > 0 ? State.Examples / State.Seconds : 0),
            Seconds = _attempt?.Seconds ?? State.Seconds,
            Points = [.. State.Points.Skip(pointsKnown)],
            Failure = State.Failure,
            Result = State.Result,
            Submitted = State.Submitted,
            Shards = submission.Job.Data.Shards,
        });
    }

    /// <inheritdoc/>
    public async Task Cancel()
    {
        if (State.State == JobState.Queued)
        {
            State.State = JobState.Cancelled;
            await kept.WriteStateAsync();
        }
        else if (State.State == JobState.Running)
        {
            State.CancelAsked = true;
            await kept.WriteStateAsync();
            _attempt?.Wake();
        }
    }

    /// <inheritdoc/>
    public Task Report(WorkerReport report)
    {
        if (report.Membership.Generation == State.Generation && _attempt is { } attempt)
        {
            State.Points.AddRange(attempt.Add(report));
        }

        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task Trouble(WorkerTrouble trouble)
    {
        if (trouble.Membership.Generation == State.Generation)
        {
            LogTrouble(logger, JobId, trouble.Step, trouble.Index, trouble.Message);
            _attempt?.Add(trouble);
        }

        return Task.CompletedTask;
    }

    // Until the job ends one way or another: attempts, each a generation of its own.
    private async Task Run()
    {
        while (State.State == JobState.Running)
        {
            try
            {
                await Attempt();
            }
            catch (JobException e)
            {
                await End(JobState.Failed, e.Message);
            }
            catch (LostMemberException e)
            {
                await Recover(e.Message);
            }
            catch (Exception e) when (e is OrleansException or TimeoutException or StaleGenerationException)
            {
                await Recover(e.Message);
            }
#pragma warning disable CA1031 // a job must end with a cause, whatever it is
            catch (Exception e)
#pragma warning restore CA1031
            {
                LogFailed(logger, e, JobId);
                await End(JobState.Failed, $"{e.GetType().Name}: {e.Message}");
            }
        }

        await GrainFactory.GetGrain<ICatalogueGrain>(0).Released(JobId);
    }

    private async Task Recover(string cause)
    {
        LogRecovering(logger, JobId, State.Generation, cause);
        _activity = "recovering: " + cause;
        if (++State.Recoveries > MaxRecoveries)
        {
            await End(JobState.Failed, $"gave up after {MaxRecoveries} recoveries; the last cause: {cause}");
        }
    }

    private async Task Attempt()
    {
        var job = State.Submission!.Job;
        State.Generation++;
        State.Points.Clear();
        await kept.WriteStateAsync();
        _activity = "gathering silos";
        var living = cluster.CurrentSnapshot.Members.Values.Where(m => m.Status == SiloStatus.Active);
        var crew = await Crew.Muster(new Membership(JobId, State.Generation), living, workers);
        using var attempt = _attempt = new Attempt(crew, job, cluster);
        try
        {
            _activity = "reading data";
            var facts = await attempt.Unless(Gather(crew, job));
            State.Facts = facts;
            await kept.WriteStateAsync();
            _activity = "preparing";
            await attempt.Unless(crew.Prepare(facts));
            _activity = "training";
            await attempt.Train(facts, () => State.CancelAsked);
            await Publish(attempt, State.CancelAsked && !attempt.IsDone ? JobState.Cancelled : JobState.Completed, null);
        }
        catch (NonFiniteJobException e)
        {
            await Publish(attempt, JobState.Failed, await e.Explain(crew, job.Data.Shards));
        }
        finally
        {
            Remember(attempt);
            _attempt = null;
            await crew.Release();
        }
    }

    private static async Task<DataFacts> Gather(Crew crew, Job job)
    {
        var facts = DataPlan.Merge(job, await crew.Survey(job));
        return job.Data.Standardize ? facts with { Scaling = DataPlan.Scale(await crew.Moments(facts)) } : facts;
    }

    private async Task Publish(Attempt attempt, JobState state, string? failure)
    {
        _activity = "writing the model";
        var submission = State.Submission!;
        var weights = await attempt.Crew.Weigh();
        if (state == JobState.Completed && weights.FirstOrDefault(w => w.Sha256 != weights[0].Sha256) is { } other)
        {
            throw new JobException(
                $"The members hold different weights after step {other.Step} ({weights[0].Sha256[..12]}, {other.Sha256[..12]}): this must never "
                + "happen, so the model was not written. Please report it with the job file.");
        }

        Remember(attempt);
        State.Failure = failure;
        var output = submission.Output ?? Path.Combine(silo.Outputs, JobId);
        var evaluation = attempt.Progress?.Evaluation;
        State.Result = new JobResult(
            Kebab.Name(submission.Job.Model.Kind),
            weights[0].Parameters,
            attempt.Progress?.EpochLoss,
            evaluation?.Examples ?? 0,
            evaluation?.Loss,
            evaluation?.Accuracy,
            weights[0].Sha256,
            output);
        await attempt.Crew.Publish(output, JobPapers.Of(JobId, submission.Job, state, State.Result, State));
        await End(state, failure);
    }

    private void Remember(Attempt attempt)
    {
        State.Step = attempt.Progress?.Committed ?? 0;
        State.Examples = attempt.Progress?.Examples ?? 0;
        State.Seconds = attempt.Seconds;
        State.Members = [.. attempt.Members];
    }

    private async Task End(JobState state, string? failure)
    {
        State.State = state;
        State.Failure = failure;
        _activity = "";
        await kept.WriteStateAsync();
    }

    [LoggerMessage(LogLevel.Warning, "Job {Job}, step {Step}: member {Member} cannot go on: {Cause}")]
    private static partial void LogTrouble(ILogger logger, string job, long step, int member, string cause);

    [LoggerMessage(LogLevel.Warning, "Job {Job}: generation {Generation} ended ({Cause}); starting the next")]
    private static partial void LogRecovering(ILogger logger, string job, long generation, string cause);

    [LoggerMessage(LogLevel.Error, "Job {Job} failed")]
    private static partial void LogFailed(ILogger logger, Exception exception, string job);
}
