using Granary.Jobs;

namespace Granary.Sdk;

/// <summary>The data of a job, or of an evaluation, cannot be used: a cell, a row, a file, or what the job asks of it.</summary>
public sealed class DataRefusedException : GranaryException
{
    internal DataRefusedException(string message)
        : base(message) => (File, Line, Key) = SourcePlace.Of(message);

    /// <summary>The file; null where the message names none.</summary>
    public string? File { get; }

    /// <summary>Its line, from 1; null where the message names none.</summary>
    public int? Line { get; }

    /// <summary>The job's key that the data does not fit to; null where the message names none.</summary>
    public string? Key { get; }
}
