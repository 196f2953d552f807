namespace Granary.Jobs;

/// <summary>A job file or its data cannot be used. The message names the file, line or key, and the remedy; it is all a
/// user needs, without a stack trace.</summary>
public sealed class JobException(string message) : Exception(message);
