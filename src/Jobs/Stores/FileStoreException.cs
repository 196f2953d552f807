namespace Granary.Jobs;

/// <summary>A store of files has not answered for as long as it is asked again. What it holds is not lost: a job tries again, for about ten minutes. The message names the store.</summary>
/// <param name="message">One sentence for people.</param>
/// <param name="cause">What happened; null: the message says it all.</param>
public sealed class FileStoreException(string message, Exception? cause = null) : IOException(message, cause);
