namespace Granary.Contracts;

/// <summary>A step that is traced.</summary>
/// <param name="Step">The step.</param>
/// <param name="Root">Id of its root span, 16 hex digits. The trace's id follows from job, generation and step.</param>
[GenerateSerializer, Immutable, Alias("granary.TracedStep")]
public readonly record struct TracedStep([property: Id(0)] long Step, [property: Id(1)] string Root);

/// <summary>That a rank has ended a step that is traced.</summary>
/// <param name="Step">The step.</param>
/// <param name="Ended">When, by the rank's clock.</param>
[GenerateSerializer, Immutable, Alias("granary.TracedEnd")]
public readonly record struct TracedEnd([property: Id(0)] long Step, [property: Id(1)] DateTimeOffset Ended);
