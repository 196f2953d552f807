namespace Granary.Jobs;

/// <summary>The learning rate of each step: alpha times the schedule's factor.</summary>
public static class LearningRate
{
    /// <summary>alpha at a step, counted from 0.</summary>
    public static double At(TrainingSection training, long step, long stepsPerEpoch)
    {
        var schedule = training.Schedule;
        var factor = step < schedule.Warmup ? (step + 1.0) / schedule.Warmup : schedule.Kind switch
        {
            ScheduleKind.Cosine => Cosine(schedule, step, (training.Steps > 0 ? training.Steps : training.Epochs * stepsPerEpoch) - 1),
            ScheduleKind.Step => Math.Pow(schedule.Gamma, step / (training.Steps > 0 ? 1 : stepsPerEpoch) / schedule.Every),
            _ => 1,
        };
        return training.Optimizer.LearningRate * factor;
    }

    private static double Cosine(ScheduleSection schedule, long step, long last)
    {
        var done = last <= schedule.Warmup ? 1 : (double)(step - schedule.Warmup) / (last - schedule.Warmup);
        return schedule.Floor + ((1 - schedule.Floor) * 0.5 * (1 + Math.Cos(Math.PI * done)));
    }
}
