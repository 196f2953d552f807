using System.Text.RegularExpressions;
using Granary.Contracts;

namespace Granary.Grains.Checkpoints;

/// <summary>Checkpoints in a directory that every silo sees, each under a path of its own: ROOT/JOB/step-S-gG/blocks-N.bin.</summary>
/// <param name="root">The directory.</param>
internal sealed partial class DirectoryStore(string root) : ICheckpointStore
{
    /// <summary>The name of this store, which jobs of earlier builds have their checkpoints in.</summary>
    public const string StoreName = "directory";

    private const int BufferBytes = 1 << 20;

    /// <param name="silo">Says which directory.</param>
    public DirectoryStore(SiloIdentity silo)
        : this(silo.Checkpoints)
    {
    }

    /// <inheritdoc/>
    public string Name => StoreName;

    /// <inheritdoc/>
    /// <remarks>Written to a temporary name, flushed, renamed.</remarks>
    public void Write(CheckpointId checkpoint, int part, Action<Stream> content)
    {
        Directory.CreateDirectory(Folder(checkpoint));
        var path = Part(checkpoint, part);
        var temporary = path + ".tmp";
        try
        {
            using (var file = new FileStream(temporary, FileMode.Create, FileAccess.Write, FileShare.None, BufferBytes))
            {
                content(file);
                file.Flush(flushToDisk: true);
            }

            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    /// <inheritdoc/>
    public Stream Open(CheckpointId checkpoint, int part)
    {
        try
        {
            return new FileStream(Part(checkpoint, part), FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new IOException($"{Part(checkpoint, part)} is not there: all silos must see the same directory, which --checkpoints (GRANARY_CHECKPOINTS) names");
        }
    }

    /// <inheritdoc/>
    public IReadOnlyCollection<CheckpointId> List(string job) => Directory.Exists(Place(job))
        ? [.. Directory.GetDirectories(Place(job)).Select(folder => Parse(job, folder)).OfType<CheckpointId>()]
        : [];

    /// <inheritdoc/>
    /// <remarks>What is no part of a checkpoint stays, and so do the folders that hold it.</remarks>
    public void Remove(CheckpointId checkpoint)
    {
        var folder = Folder(checkpoint);
        if (Directory.Exists(folder))
        {
            foreach (var part in Directory.GetFiles(folder).Where(f => PartName().IsMatch(Path.GetFileName(f))))
            {
                File.Delete(part);
            }

            Directory.Delete(folder);
        }

        var place = Place(checkpoint.Job);
        if (Directory.Exists(place) && !Directory.EnumerateFileSystemEntries(place).Any())
        {
            Directory.Delete(place);
        }
    }

    /// <inheritdoc/>
    public string Describe(CheckpointId checkpoint) => Folder(checkpoint);

    /// <summary>The checkpoint that a folder of this store holds; null: it holds none.</summary>
    /// <param name="job">The job.</param>
    /// <param name="folder">The folder's path.</param>
    public static CheckpointId? Parse(string job, string folder) => CheckpointName.Parse(job, Path.GetFileName(folder));

    private string Place(string job) => Path.Combine(root, job);

    private string Folder(CheckpointId checkpoint) => Path.Combine(Place(checkpoint.Job), CheckpointName.Folder(checkpoint));

    private string Part(CheckpointId checkpoint, int part) => Path.Combine(Folder(checkpoint), CheckpointName.Part(part));

    [GeneratedRegex(@"^blocks-[0-9]+\.bin(\.tmp)?$")]
    private static partial Regex PartName();
}
