namespace Granary.Jobs;

/// <summary>The job file's <c>training.evaluation</c> section.</summary>
internal static class EvaluationKeys
{
    /// <summary>Its keys.</summary>
    public static JobSection Section(Lens<EvaluationSection> evaluation) => evaluation.Section(
        "when, and on how much, the held-out examples are evaluated; the last step is always followed by an evaluation",
        evaluation.Key("every", e => e.Every, (e, v) => e with { Every = v }, new OrNothing<int>(new WholeNumber(1)), "steps from one evaluation to the next")
            .DefaultIs("those of an epoch"),
        evaluation.Key("batches", e => e.Batches, (e, v) => e with { Batches = v }, new BatchSize(),
            "batches of held-out examples, spread evenly over them and the same ones every time"));
}
