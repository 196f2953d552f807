namespace Granary.Jobs;

/// <summary>Kinds that leave a key one value.</summary>
/// <param name="When">Which.</param>
/// <param name="Value">The value.</param>
/// <param name="Why">What to say of any other, after the key's path; {0} is that value.</param>
internal sealed record Only<T>(Belonging When, T Value, string Why);
