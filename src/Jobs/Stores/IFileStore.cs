namespace Granary.Jobs;

/// <summary>A store of files that is no file system, such as S3. Paths are whole ("s3://BUCKET/KEY"); there are no folders in it but as beginnings of names. Methods block, and several are
/// called at once. A store that does not answer is asked again for a while, and then is a <see cref="FileStoreException"/>;
/// what will not change by itself, such as a bucket that is not there, is a <see cref="JobException"/>.</summary>
public interface IFileStore
{
    /// <summary>A file; null: there is none of that name. The answer may be some seconds old.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="afresh">Whether the store is asked in any case.</param>
    StoredFile? Find(string path, bool afresh = false);

    /// <summary>Whether there is any file below a folder.</summary>
    /// <param name="folder">The folder, without a separator at its end.</param>
    bool HasFolder(string folder);

    /// <summary>Every file below a folder, in ordinal order of their paths.</summary>
    /// <param name="folder">As there; a bucket alone stands for all of it.</param>
    /// <param name="afresh">As above.</param>
    IReadOnlyList<StoredFile> List(string folder, bool afresh = false);

    /// <summary>Opens a file that is still what was found: reading another content, or a file that is gone, is a <see cref="JobException"/>. The stream can be sought in, and
    /// reads no more than it is asked for and a little ahead.</summary>
    /// <param name="file">The file.</param>
    /// <param name="end">Where whoever reads it will probably stop: nothing beyond is read ahead; null: at its end.</param>
    Stream OpenRead(StoredFile file, long? end = null);

    /// <summary>Writes a file, which is there whole or not at all. One that is there is replaced.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="content">Writes what it holds. It is called again where the store has to be asked again.</param>
    /// <param name="ifNew">Whether one that is there stays.</param>
    /// <returns>Whether it was written; false: there was one, which may be this very one, whose answer was lost.</returns>
    bool Write(string path, Action<Stream> content, bool ifNew = false);

    /// <summary>Removes a file; does nothing where there is none.</summary>
    void Remove(string path);
}
