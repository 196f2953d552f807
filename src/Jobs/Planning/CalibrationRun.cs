namespace Granary.Jobs;

/// <summary>A short run that was timed. One compute thread of each silo was at work.</summary>
/// <param name="Job">What ran.</param>
/// <param name="Silos">On how many silos.</param>
/// <param name="Compute">Seconds of a step's gradients.</param>
/// <param name="Exchange">Seconds of its exchange.</param>
public sealed record CalibrationRun(PlannedJob Job, int Silos, double Compute, double Exchange);
