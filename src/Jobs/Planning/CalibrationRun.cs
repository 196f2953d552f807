namespace Granary.Jobs;

/// <summary>A short run that was timed: one shard on each of its silos, so that one compute thread of each is at work.</summary>
/// <param name="Job">What ran.</param>
/// <param name="Silos">On how many silos, each with one shard.</param>
/// <param name="Compute">Seconds of a step's gradients.</param>
/// <param name="Exchange">Seconds of its exchange.</param>
public sealed record CalibrationRun(PlannedJob Job, int Silos, double Compute, double Exchange);
