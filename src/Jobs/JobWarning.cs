namespace Granary.Jobs;

/// <summary>Something about a job or its data that does not keep it from running, but may not be what its user meant. `check` shows it as a part of
/// what was asked for, on standard output; `train`, `submit` and `sweep` say it on standard error; it stands in the run's summary.json.</summary>
/// <param name="Kind">What it is about, the same for every warning of its sort: "index-column".</param>
/// <param name="Message">For people, in one line: what was found where, and what to do.</param>
public sealed record JobWarning(string Kind, string Message);
