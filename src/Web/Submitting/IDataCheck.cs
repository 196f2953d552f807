using Granary.Jobs;

namespace Granary.Web.Submitting;

/// <summary>The data of a job cannot be used; the message is the command line's.</summary>
internal sealed class DataCheckException(string message) : Exception(message);

/// <summary>Reads all of a job's data before the job is taken.</summary>
internal interface IDataCheck
{
    /// <summary>Reads it; returns what is doubtful.</summary>
    /// <param name="text">The job file.</param>
    /// <param name="name">Its name, for messages.</param>
    /// <param name="folder">Where its relative paths start.</param>
    /// <param name="overrides">key=value over it.</param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <exception cref="DataCheckException">The data cannot be used.</exception>
    Task<IReadOnlyList<JobWarning>> Check(string text, string name, string folder, IReadOnlyList<string> overrides, CancellationToken cancellation);
}
