namespace Granary.Client;

/// <summary>The codes the command line ends with.</summary>
internal static class ExitCode
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

    /// <summary>The code for an error.</summary>
    public static int Of(GranaryException error) => error switch
    {
        UserException { Code: var code } => code,
        JobFailedException => JobFailed,
        ClusterUnreachableException => Unreachable,
        _ => Usage,
    };
}

/// <summary>An error of the command line itself (the SDK never throws it) that its user can fix. Only the message is shown.</summary>
/// <param name="code">The exit code.</param>
/// <param name="message">What is wrong, and how to fix it.</param>
internal sealed class UserException(int code, string message) : GranaryException(message)
{
    /// <summary>The exit code.</summary>
    public int Code { get; } = code;
}
