using Granary.Contracts;
using Granary.Grains.Coordination;
using Granary.Jobs;

namespace Granary.Grains.Tests;

public class JobProgressTests
{
    // Two shards of held-out rows: 3 of 4 predictions are right, which weigh 1 of 5; of the second shard's rows none weighs anything.
    private static Evaluation Evaluated(bool isWeighted)
    {
        var progress = new JobProgress(new BatchPlan([2, 2], 4, 1), [2, 2], ProgressState.Empty(2), isWeighted: isWeighted);
        ShardRecord[] step = [new(0, 2, 2, 1, 0), new(1, 2, 2, 1, 0)];
        EvaluationRecord[] held = [new(1, 0, 2, 5, 10, 1, 2, RowWeight: 5, RightWeight: 1), new(1, 1, 2, 0, 0, 2, 2)];
        progress.Add([new StepRecord(0, step)], held, 1);
        return progress.Live.Evaluation!;
    }

    [Fact]
    public void Right_predictions_count_as_their_rows_weigh_where_the_job_has_weights()
    {
        Assert.Equal((2.0, 0.2), (Evaluated(true).Loss, Evaluated(true).Accuracy));
        Assert.Equal((2.0, 0.75), (Evaluated(false).Loss, Evaluated(false).Accuracy));
    }

    // A coordinator counts on from what another one has stored, and may know points that are newer.
    [Fact]
    public void A_point_is_never_older_than_the_one_before_it()
    {
        var progress = new JobProgress(new BatchPlan([2, 2], 4, 4), [0, 0], ProgressState.Empty(2));
        foreach (var (step, seconds) in new[] { (0L, 1.0), (1, 3), (2, 2), (3, 4) })
        {
            progress.Add([new StepRecord(step, [new(0, 2, 2, 1, 0), new(1, 2, 2, 1, 0)])], [], seconds);
        }

        progress.Settle(4);
        Assert.Equal([1, 3, 3, 4], progress.Live.Points.Select(p => p.Seconds));
        Assert.Equal(progress.Live.Points, progress.Settled.Points);
    }
}
