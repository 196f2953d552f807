namespace Granary.Client;

/// <summary>The codes the command line ends with.</summary>
public static class ExitCode
{
    /// <summary>Done.</summary>
    public const int Done = 0;

    /// <summary>The job failed, or was cancelled.</summary>
    public const int JobFailed = 1;

    /// <summary>Wrong usage, job file or data.</summary>
    public const int Usage = 2;

    /// <summary>The cluster cannot be reached.</summary>
    public const int Unreachable = 3;

    /// <summary>Interrupted.</summary>
    public const int Interrupted = 130;
}

/// <summary>Something the user must know, and can mend; the message is all there is to show.</summary>
/// <param name="code">The exit code.</param>
/// <param name="message">What and how.</param>
public sealed class UserException(int code, string message) : Exception(message)
{
    /// <summary>The exit code.</summary>
    public int Code { get; } = code;
}
