using Granary.Jobs;

namespace Granary.Sdk;

/// <summary>A job cannot be taken as it is: its file, one of its keys, its output folder, or the run that it is to go on from.</summary>
public sealed class JobRefusedException : GranaryException
{
    private const string Override = "--set ";

    internal JobRefusedException(string message, Exception? inner = null)
        : base(message, inner) => (File, Line, Key) = SourcePlace.Of(message);

    internal JobRefusedException(JobException error)
        : this(error.Message.StartsWith(Override, StringComparison.Ordinal) ? error.Message[Override.Length..] : error.Message, error)
    {
    }

    /// <summary>The job file; null where the message names none.</summary>
    public string? File { get; }

    /// <summary>The line of the job file, from 1; null where the message names none.</summary>
    public int? Line { get; }

    /// <summary>The key that is wrong, as in "training.epochs"; null where the message names none.</summary>
    public string? Key { get; }
}
