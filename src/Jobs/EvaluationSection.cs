namespace Granary.Jobs;

/// <summary>The job file's <c>training.evaluation</c> section. Whatever it says, the last step is followed by an evaluation.</summary>
public sealed record EvaluationSection
{
    /// <summary>The <see cref="Batches"/> that stand for all held-out examples: "all" in a job file.</summary>
    public const int AllBatches = 0;

    /// <summary>An evaluation follows every so many steps, at least 1. Default: null, one follows every epoch.</summary>
    public int? Every { get; init; }

    /// <summary>An evaluation takes so many batches of <see cref="TrainingSection.Batch"/> held-out examples, at least 1, spread evenly over them and the
    /// same ones every time; or <see cref="AllBatches"/> (default).</summary>
    public int Batches { get; init; } = AllBatches;
}
