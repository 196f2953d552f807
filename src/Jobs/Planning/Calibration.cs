namespace Granary.Jobs;

/// <summary>Short runs of a job from which a cluster's speeds are measured: which runs, and what follows from their times.</summary>
public static class Calibration
{
    private const double LeastLatency = 1e-6;

    /// <summary>The runs of a job: alone with its whole batch and with a part of it, which tells operations from what comes on top of
    /// them; on two silos in its own shards, or a shard for each where silos would compute several at a time; and a smaller model on the same data, alone and on two silos, which tells bytes from their way.</summary>
    /// <param name="job">The job.</param>
    /// <param name="input">What the data says about the model's ends.</param>
    /// <param name="examples">Training examples.</param>
    /// <param name="siloThreads">Compute threads of the silos that there are.</param>
    public static IReadOnlyList<(PlannedJob Job, int Silos)> Runs(PlannedJob job, InputShape input, long examples, int siloThreads)
    {
        var part = Math.Max(1, Math.Min((long)job.RowsPerShard, job.Batch / 4));
        var small = Variant(Shrunk(job.Job), input, examples, 1, job.Batch);
        return
        [
            (Variant(job.Job, input, examples, 1, job.Batch), 1),
            (Variant(job.Job, input, examples, 1, part), 1),
            (Variant(job.Job, input, examples, siloThreads == 1 ? Math.Max(2, job.Shards) : 2, job.Batch), 2),
            (small, 1),
            (small.WithShards(2), 2),
        ];
    }

    /// <summary>The job as it is, going on until it is stopped.</summary>
    /// <param name="job">The job.</param>
    /// <param name="input">What the data says about the model's ends.</param>
    /// <param name="examples">Training examples.</param>
    public static PlannedJob Endless(PlannedJob job, InputShape input, long examples) => Variant(job.Job, input, examples, job.Shards, job.Batch);

    // Without anything that could end or disturb it: at so small a rate no loss diverges.
    private static PlannedJob Variant(Job job, InputShape input, long examples, int shards, long batch) => PlannedJob.Of(
        job with
        {
            Data = job.Data with { Shards = shards },
            Training = job.Training with
            {
                Epochs = 1_000_000,
                Steps = 0,
                Evaluation = null,
                Batch = (int)batch,
                EarlyStopping = null,
                Overlap = false,
                Keep = KeptModel.Last,
                Checkpoint = new CheckpointSection { Seconds = 0 },
                Schedule = new ScheduleSection(),
                Optimizer = job.Training.Optimizer with { LearningRate = 1e-9 },
            },
        },
        input,
        examples);

    private static Job Shrunk(Job job) => job with
    {
        Model = ModelKinds.Of(job.Model).Smaller(job.Model),
    };

    /// <summary>The facts that explain the runs best.</summary>
    /// <param name="runs">What was timed, in the order of <see cref="Runs"/>.</param>
    /// <param name="oneMachine">Whether the silos share a machine: its line is the processor's, and no other.</param>
    /// <param name="threads">Compute threads of the silos that are to be planned for.</param>
    public static ClusterFacts Fit(IReadOnlyList<CalibrationRun> runs, bool oneMachine, int threads)
    {
        var usual = new ClusterFacts { Flops = 0, Bandwidth = double.PositiveInfinity, Latency = LeastLatency, Threads = threads };
        var own = runs.Where(r => r.Job.Blocks == runs[0].Job.Blocks && r.Job.FlopsPerExample == runs[0].Job.FlopsPerExample);
        var (perShard, flops) = Compute([.. own], usual);
        var facts = usual with { Flops = flops * threads, PerShard = perShard };
        var (perStep, updating) = Line([.. runs.Where(r => r.Silos == 1).Select(r => (ExchangeLoad.Of(r.Job, 1).Single().Updated, r.Exchange))]);
        facts = facts with { PerStep = perStep, Updating = double.IsInfinity(updating) ? facts.Updating : updating };
        var (latency, moving) = Line([.. runs.Where(r => r.Silos == 2).Select(r => (Moved(r), Math.Max(0, r.Exchange - Known(r, facts))))]);
        return facts with
        {
            Latency = Math.Max(LeastLatency, latency),
            Handling = double.IsInfinity(moving) || !oneMachine ? facts.Handling : moving,
            Bandwidth = double.IsInfinity(moving) || oneMachine ? facts.Bandwidth : moving / 2, // it was sent while as much came in
        };
    }

    private static double Moved(CalibrationRun run) => ExchangeLoad.Of(run.Job, run.Silos).Max(l => l.BytesSent + l.Received);

    // The part of the exchange's time that is neither latency nor transfer.
    private static double Known(CalibrationRun run, ClusterFacts facts) =>
        ExchangeLoad.Of(run.Job, run.Silos).Max(l => l.UpdateTime(facts) + ((l.FramesSent + l.FramesReceived) * facts.PerMessage)) + facts.PerStep;

    private static (double PerShard, double Flops) Compute(IReadOnlyList<CalibrationRun> runs, ClusterFacts usual)
    {
        (double Work, double Seconds)[] shards = [.. runs.Select(r =>
        {
            var count = r.Job.ActiveShards((r.Job.Shards + r.Silos - 1) / r.Silos);
            var additions = (count - 1) * (double)r.Job.Blocks.Weights * r.Job.NumberSize / usual.Adding;
            return (r.Job.RowsPerShard * r.Job.FlopsPerExample, Math.Max(0, r.Compute - additions) / count);
        })];
        var (perShard, flops) = Line(shards);

        // More rows took no longer, on a machine that does other work too: half of it is counted as either, so that neither is for nothing.
        return double.IsInfinity(flops) ? (perShard / 2, 2 * shards.Max(s => s.Work) / perShard) : (perShard, flops);
    }

    // seconds = base + amount / rate, neither below 0, with the least squares of the relative errors; one amount alone tells no base.
    private static (double Base, double Rate) Line(IReadOnlyList<(double Amount, double Seconds)> points)
    {
        var known = points.Where(p => p.Seconds > 0).ToArray();
        if (known.Length == 0)
        {
            return (0, double.PositiveInfinity);
        }

        if (known.Max(p => p.Amount) > 1.2 * known.Min(p => p.Amount))
        {
            double w = 0, wx = 0, wxx = 0, wy = 0, wxy = 0;
            foreach (var (x, y) in known)
            {
                var weight = 1 / (y * y);
                (w, wx, wxx, wy, wxy) = (w + weight, wx + (weight * x), wxx + (weight * x * x), wy + (weight * y), wxy + (weight * x * y));
            }

            var slope = ((w * wxy) - (wx * wy)) / ((w * wxx) - (wx * wx));
            var start = (wy - (slope * wx)) / w;
            if (slope > 0 && start >= 0)
            {
                return (start, 1 / slope);
            }

            if (slope <= 0)
            {
                return (known.Average(p => p.Seconds), double.PositiveInfinity);
            }
        }

        return (0, known.Max(p => p.Amount) / known.MaxBy(p => p.Amount).Seconds);
    }
}
