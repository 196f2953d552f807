namespace Granary.Web.Uploads;

/// <summary>What clients have uploaded, by its content: the same file is kept once, whoever uploads it.</summary>
internal interface IUploadStore
{
    /// <summary>A file that is there.</summary>
    /// <param name="sha256">SHA-256 of its content, 64 lower-case hexadecimal digits.</param>
    /// <returns>The path by which silos read it, and its size in bytes; null: it is not there.</returns>
    (string Path, long Bytes)? Find(string sha256);

    /// <summary>Takes a file. It is there whole or not at all.</summary>
    /// <param name="sha256">As there.</param>
    /// <param name="name">What its user calls it, for messages and for people.</param>
    /// <param name="length">How long it was said to be.</param>
    /// <param name="content">The content, which is no longer.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>As there.</returns>
    /// <exception cref="UploadRefusedException">The content is another.</exception>
    /// <exception cref="UploadSpaceException">There is no space for it.</exception>
    /// <exception cref="IOException">It cannot be written.</exception>
    Task<(string Path, long Bytes)> Take(string sha256, string name, long length, Stream content, CancellationToken cancellation);
}

/// <summary>An upload is not what it was said to be.</summary>
internal sealed class UploadRefusedException(string message) : Exception(message);

/// <summary>There is no space for an upload; the message says how much there is, how much is used and what to do.</summary>
internal sealed class UploadSpaceException(string message) : Exception(message);

/// <summary>No upload can be taken just now; the message says why and what to do.</summary>
internal sealed class UploadsUnavailableException(string message) : Exception(message);
