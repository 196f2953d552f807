using Granary.Contracts;
using Granary.Jobs;

namespace Granary.Grains.TensorBoard;

/// <summary>
/// A job's event file, to be written on. Each generation begins a new one: with every whole record of the one before up to the step that it
/// goes on from, and nothing of a record that a lost silo has left half written, nor of steps that are taken again. The older file of the job is then
/// removed, so that a worker that does not know of its end writes to no file that anybody reads.
/// </summary>
internal sealed class EventFile : IDisposable
{
    private readonly FileStream _file;
    private long _whole;

    private EventFile(FileStream file, long lastScalars, long lastHistograms)
    {
        (_file, _whole, LastScalars, LastHistograms) = (file, file.Length, lastScalars, lastHistograms);
        _file.Position = _whole;
    }

    /// <summary>Where it is.</summary>
    public string Path => _file.Name;

    /// <summary>The last step with scalars; 0: none.</summary>
    public long LastScalars { get; private set; }

    /// <summary>The last step with histograms; 0: none.</summary>
    public long LastHistograms { get; private set; }

    /// <summary>Begins a generation's file.</summary>
    /// <param name="place">Where it goes, and what it goes on from.</param>
    /// <param name="job">The job.</param>
    /// <param name="generation">The generation.</param>
    /// <param name="from">The step that the generation goes on from.</param>
    /// <param name="at">The time.</param>
    /// <exception cref="JobException">It cannot be written.</exception>
    /// <exception cref="IOException">What is there cannot be read, or a newer generation has begun a file.</exception>
    public static EventFile Begin(EventPlace place, string job, long generation, long from, DateTimeOffset at)
    {
        EventFileName[] own = [.. EventFolder.In(place.Folder).Where(f => f.Job == job)];
        if (own.LastOrDefault() is { } newest && newest.Generation > generation)
        {
            throw new IOException($"{newest.Path}: a newer generation writes the events");
        }

        var before = own.LastOrDefault() ?? (place.Continued is { } earlier ? EventFolder.In(earlier).LastOrDefault() : null);
        var path = own.LastOrDefault(f => f.Generation == generation)?.Path ?? EventFolder.NewPath(place.Folder, job, generation, at);
        EventFolder.RemoveUnfinished(place.Folder, job);
        var (kept, lastScalars, lastHistograms) = before is null ? ([], 0, 0) : Keep(File.ReadAllBytes(before.Path), from);
        WholeFile.Write(path, file =>
        {
            if (kept.Length == 0)
            {
                file.Write(TensorBoardEvent.Version(at));
            }

            file.Write(kept);
        });
        var file = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        foreach (var old in own.Select(f => f.Path).Append(before?.Path).Where(p => p is not null && p != path && System.IO.Path.GetDirectoryName(p) == place.Folder).Distinct())
        {
            TryDelete(old!);
        }

        return new EventFile(file, lastScalars, lastHistograms);
    }

    // Another user's file in a shared folder may stay: TensorBoard then shows its steps beside these.
    private static void TryDelete(string old)
    {
        try
        {
            File.Delete(old);
        }
        catch (Exception e) when (FileTrouble.Is(e))
        {
        }
    }

    /// <summary>Appends one record, whole or not at all.</summary>
    /// <exception cref="IOException">It cannot be written; it may be tried again.</exception>
    public void Append(EventKind kind, long step, byte[] record)
    {
        if (_file.Position != _whole)
        {
            _file.Position = _whole;
            _file.SetLength(_whole); // the part of a record that fitted on a full disk
        }

        _file.Write(record);
        _whole += record.Length;
        (LastScalars, LastHistograms) = kind == EventKind.Scalars ? (step, LastHistograms) : (LastScalars, step);
    }

    /// <summary>The whole records of a file up to a step, and the last steps among them.</summary>
    private static (byte[] Kept, long LastScalars, long LastHistograms) Keep(byte[] file, long until)
    {
        using var kept = new MemoryStream();
        var (lastScalars, lastHistograms) = (0L, 0L);
        for (ReadOnlySpan<byte> rest = file; RecordFormat.TryRead(rest, out var data, out var length); rest = rest[length..])
        {
            var (step, kind) = TensorBoardEvent.Read(data);
            if (step <= until)
            {
                kept.Write(rest[..length]);
                lastScalars = kind == EventKind.Scalars ? Math.Max(lastScalars, step) : lastScalars;
                lastHistograms = kind == EventKind.Histograms ? Math.Max(lastHistograms, step) : lastHistograms;
            }
        }

        return (kept.ToArray(), lastScalars, lastHistograms);
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();
}
