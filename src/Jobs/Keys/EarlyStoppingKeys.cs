namespace Granary.Jobs;

/// <summary>The job file's <c>training.earlyStopping</c> section.</summary>
internal static class EarlyStoppingKeys
{
    /// <summary>Its keys.</summary>
    public static JobSection Section(Lens<EarlyStoppingSection> stopping) => stopping.Section(
        "ends the job before its last step; needs held-out examples",
        stopping.Key("patience", s => s.Patience, (s, v) => s with { Patience = v }, new WholeNumber(1), "evaluations (one an epoch, or by `evaluation.every`) in a row without an improvement")
            .Needed(),
        stopping.Key("figure", s => s.Figure, (s, v) => s with { Figure = v }, new Choice<HeldOutFigure>(),
            "of the held-out examples; decides which version is the best one, too")
            .Only(Kinds.Target.Only(LabelTarget.Number) with { Words = "target: number" }, HeldOutFigure.Loss, "is {0}, but a number that is predicted is not right or wrong: set it to loss, or take it out."),
        stopping.Key("minDelta", s => s.MinDelta, (s, v) => s with { MinDelta = v }, RealNumber.ZeroOrMore(),
            "an improvement is better than the last one by more than this"));
}
