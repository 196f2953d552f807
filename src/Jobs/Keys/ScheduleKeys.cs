namespace Granary.Jobs;

/// <summary>The job file's <c>training.schedule</c> section.</summary>
internal static class ScheduleKeys
{
    /// <summary>Its keys.</summary>
    public static JobSection Section(Lens<ScheduleSection> schedule)
    {
        var step = Kinds.Schedule.Only(ScheduleKind.Step);
        return schedule.Section(
            "a factor on the learning rate, by step",
            schedule.Key("kind", s => s.Kind, (s, v) => s with { Kind = v }, new Choice<ScheduleKind>(), "how the factor changes"),
            schedule.Key("warmup", s => s.Warmup, (s, v) => s with { Warmup = v }, new WholeNumber(0), "steps over which the factor rises to 1, whatever the kind"),
            schedule.Key("floor", s => s.Floor, (s, v) => s with { Floor = v }, RealNumber.Fraction, "the factor at the last step")
                .For(Kinds.Schedule.Only(ScheduleKind.Cosine)),
            schedule.Key("every", s => s.Every, (s, v) => s with { Every = v }, new WholeNumber(1), "epochs (in a job of `steps`: steps) after which the factor is multiplied by gamma")
                .For(step),
            schedule.Key("gamma", s => s.Gamma, (s, v) => s with { Gamma = v }, RealNumber.Factor, "what it is multiplied by")
                .For(step));
    }
}
