namespace Granary.Jobs;

/// <summary>The learning rate of each step: alpha times the schedule's factor.</summary>
public static class LearningRate
{
    /// <summary>alpha at a step, counted from 0.</summary>
    public static double At(TrainingSection training, long step, long stepsPerEpoch) => throw new NotSupportedException();
}
