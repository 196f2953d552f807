using Granary.Contracts;
using Granary.Grains.Checkpoints;
using Granary.Jobs;

namespace Granary.Grains.Coordination;

/// <content>Checkpoints: when one is complete, and which of them are kept.</content>
internal sealed partial class CoordinatorGrain
{
    /// <inheritdoc/>
    public async Task CheckpointWritten(GenerationId generation, int member, long step, CheckpointPart? part, string? failure)
    {
        Refuse(generation);
        if (_run?.Pending is { } pending && pending.Step == step)
        {
            pending.Add(member, part, failure is null ? null : $"silo {_group!.Infos[member].Name}: {failure}");
            await CompleteCheckpoint();
        }
    }

    private async Task CompleteCheckpoint()
    {
        if (_run is not { Pending: { IsComplete: true } pending } run)
        {
            return;
        }

        if (pending.Failure is { } failure)
        {
            run.Pending = null;
            Note(JobEventKind.CheckpointFailed, null, $"the checkpoint of step {pending.Step} could not be written: {failure}");
        }
        else if (_progress?.Marked is { } marked && marked.Committed == pending.Step)
        {
            run.Pending = null;
            var loss = Batches(State.Facts!).EndsRound(pending.Step - 1) ? marked.Evaluation?.Loss : null;
            State.Checkpoints = CheckpointRule.Stay(
                Job.Training.Checkpoint, State.Checkpoints.Where(c => c.Step != pending.Step).Append(new DurableCheckpoint(pending.Step, pending.Parts, marked, loss)),
                Job.Training.Keep == KeptModel.Best ? _progress.Live.Standing?.BestStep : null);
            if (await TrySave()) // durable from here on; a coordinator that has been replaced fails here
            {
                _sinceDurable.Restart();
                LogCheckpoint(logger, JobId, State.Generation, pending.Step, pending.Parts.Count);
                CleanCheckpoints();
            }
        }

        run.Wake();
    }

    private void CleanCheckpoints()
    {
        CheckpointId[] keep = [.. State.Checkpoints.Select(c => c.Id)];
        _ = Task.Run(() => StoreCleaning.Run(checkpoints, JobId, keep));
    }
}
