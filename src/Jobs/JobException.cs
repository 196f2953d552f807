namespace Granary.Jobs;

/// <summary>A job file or its data cannot be used. The message names the file, line or key, and the remedy; it is all a
/// user needs, without a stack trace.</summary>
public sealed class JobException(string message) : Exception(OneLine(message))
{
    // Labels, keys and values stand in messages as the user's file has them: a line break there must not break the message.
    private static string OneLine(string message) => message.Any(char.IsControl)
        ? string.Concat(message.Select(c => c == '\n' ? "\\n" : char.IsControl(c) ? FormattableString.Invariant($"\\x{(int)c:x2}") : c.ToString()))
        : message;
}
