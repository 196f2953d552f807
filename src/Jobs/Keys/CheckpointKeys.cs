namespace Granary.Jobs;

/// <summary>The job file's <c>training.checkpoint</c> section.</summary>
internal static class CheckpointKeys
{
    /// <summary>Its keys.</summary>
    public static JobSection Section(Lens<CheckpointSection> checkpoint) => checkpoint.Section(
        "when the job's state is written to disk",
        checkpoint.Key("steps", c => c.Steps, (c, v) => c with { Steps = v }, new WholeNumber(0), "every so many steps; 0: by seconds alone"),
        checkpoint.Key("seconds", c => c.Seconds, (c, v) => c with { Seconds = v }, RealNumber.ZeroOrMore("by steps alone"),
            "every so many seconds, the first one after 2 s; 0: by steps alone"),
        checkpoint.Key("keep", c => c.Keep, (c, v) => c with { Keep = v }, new WholeNumber(1), "how many of the newest stay"),
        checkpoint.Key("best", c => c.Best, (c, v) => c with { Best = v }, new TrueOrFalse(), "whether the one with the lowest held-out loss stays too"));
}
