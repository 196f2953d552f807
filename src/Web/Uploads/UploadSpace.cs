using System.Globalization;
using System.IO.Enumeration;
using System.Security.Cryptography;
using Granary.Jobs;

namespace Granary.Web.Uploads;

/// <summary>The space of all uploads of a folder, which several silos share. An upload takes its place before its first byte is written: an unfinished file whose name says how
/// long it will be. So two that come at once, to whichever silos, never have the last bytes both.</summary>
/// <param name="folder">The folder; it is made when it is needed.</param>
/// <param name="most">Bytes of all uploads, unfinished ones with the length that they were announced with.</param>
/// <param name="silo">Cluster and name of the silo, which no other has.</param>
/// <param name="time">The clock.</param>
/// <param name="disk">Bytes that are free on the folder's disk, and bytes that it has; the system's answer if left out.</param>
internal sealed class UploadSpace(string folder, long most, string silo, TimeProvider time, Func<(long Free, long Size)>? disk = null)
{
    /// <summary>How old an unfinished file is that nobody writes any more: the server cuts off whoever sends nothing for seconds.</summary>
    public static readonly TimeSpan Old = TimeSpan.FromHours(1);

    private const string LockFile = ".lock";
    private const string Unfinished = ".part";
    private const string EarlierUnfinished = ".tmp";
    private const long Block = 4096;
    private const int LeftFree = 20; // one part of so many of the disk
    private const long MostLeftFree = 5L << 30;
    private static readonly TimeSpan LockPause = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan LockTime = TimeSpan.FromSeconds(30);

    private readonly SemaphoreSlim _turn = new(1); // of this silo one asks for the lock, and the others wait in order

    private static readonly EnumerationOptions Everything = new() { AttributesToSkip = FileAttributes.ReparsePoint, IgnoreInaccessible = true, RecurseSubdirectories = true };

    private readonly string _own = $".{Convert.ToHexStringLower(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(silo)))[..16]}.";

    private readonly record struct Entry(string Path, string Name, long Bytes, DateTimeOffset Written);

    /// <summary>Takes the place of a file; returns the path of the unfinished one, which is empty.</summary>
    /// <param name="bytes">How long it will be.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="UploadSpaceException">There is not so much left.</exception>
    /// <exception cref="IOException">The folder cannot be used.</exception>
    public async Task<string> Reserve(long bytes, CancellationToken cancellation)
    {
        Directory.CreateDirectory(folder);
        await using var alone = await Lock(LockTime, cancellation);
        var (used, unwritten) = (0L, 0L);
        foreach (var file in Files())
        {
            if (Announced(file) is not { } announced)
            {
                used += Taken(file.Bytes);
            }
            else if (!SweepIfOld(file))
            {
                used += Taken(announced);
                unwritten += Math.Max(0, announced - file.Bytes);
            }
        }

        if (used + Taken(bytes) > most)
        {
            throw new UploadSpaceException(string.Create(
                CultureInfo.InvariantCulture,
                $"uploads have {most} bytes in sum, of which {used} are used, and this file has {bytes}. Put it under a data root of the cluster, or have an operator remove what no job needs any more from the folder of --uploads, or start the silos with a larger --upload-space."));
        }

        var (free, size) = (disk ?? Disk)();
        var left = Math.Min(size / LeftFree, MostLeftFree);
        if (free - unwritten - bytes < left)
        {
            throw new UploadSpaceException(string.Create(
                CultureInfo.InvariantCulture,
                $"the disk of uploads has {Math.Max(0, free - unwritten)} bytes free, of which {left} are left free for the silos, and this file has {bytes}. Have an operator make room there, or name a folder of another disk as --uploads."));
        }

        var path = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{_own}{Guid.NewGuid():N}.{bytes}{Unfinished}"));
        await using (Own(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read))
        {
            return path;
        }
    }

    /// <summary>Does something while no place is taken: what is counted does not change on the way.</summary>
    public async Task<T> Alone<T>(Func<T> action, CancellationToken cancellation)
    {
        await using var alone = await Lock(Timeout.InfiniteTimeSpan, cancellation); // what has arrived is not thrown away
        return action();
    }

    /// <summary>Removes what uploads have left that were cut off: those of this silo, which has just started, and those that are old. Finished ones stay.</summary>
    public void SweepAtStart()
    {
        try
        {
            foreach (var file in Directory.Exists(folder) ? Files().Where(f => Announced(f) is not null) : [])
            {
                if (file.Name.StartsWith(_own, StringComparison.Ordinal))
                {
                    File.Delete(file.Path);
                }
                else
                {
                    SweepIfOld(file);
                }
            }
        }
        catch (Exception e) when (FileTrouble.Is(e))
        {
            // The first upload says what is wrong with the folder.
        }
    }

    // A file takes whole blocks: many small ones would fill a disk too.
    private static long Taken(long bytes) => (Math.Max(bytes, 1) + Block - 1) / Block * Block;

    // How long an unfinished file will be; null: it is none.
    private static long? Announced(Entry file) =>
        !file.Name.StartsWith('.') ? null
        : file.Name.EndsWith(EarlierUnfinished, StringComparison.Ordinal) ? file.Bytes
        : file.Name.EndsWith(Unfinished, StringComparison.Ordinal) && file.Name.Split('.') is [.., var length, _] && long.TryParse(length, NumberStyles.None, CultureInfo.InvariantCulture, out var bytes) ? bytes
        : null;

    private bool SweepIfOld(Entry file)
    {
        if (time.GetUtcNow() - file.Written < Old)
        {
            return false;
        }

        File.Delete(file.Path);
        return true;
    }

    private IEnumerable<Entry> Files() => new FileSystemEnumerable<Entry>(
        folder, (ref FileSystemEntry e) => new Entry(e.ToFullPath(), e.FileName.ToString(), e.Length, e.LastWriteTimeUtc), Everything)
    {
        ShouldIncludePredicate = (ref FileSystemEntry e) => !e.IsDirectory && !e.FileName.SequenceEqual(LockFile),
    };

    // For the silo's user alone: whoever can open the lock can hold it.
    private static FileStream Own(string path, FileMode mode, FileAccess access, FileShare share)
    {
        var options = new FileStreamOptions { Mode = mode, Access = access, Share = share };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return new FileStream(path, options);
    }

    private (long Free, long Size) Disk()
    {
        var drive = new DriveInfo(folder);
        return (drive.AvailableFreeSpace, drive.TotalSize);
    }

    // Of other silos too: the system lets go of it when its process ends.
    private async Task<Turn> Lock(TimeSpan longest, CancellationToken cancellation)
    {
        if (!await _turn.WaitAsync(longest, cancellation))
        {
            throw new UploadsUnavailableException("many uploads are beginning, and this one has not got its turn. Ask again in some seconds.");
        }

        try
        {
            for (var since = time.GetTimestamp(); ;)
            {
                try
                {
                    return new Turn(_turn, Own(Path.Combine(folder, LockFile), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
                }
                catch (IOException e) when (FileTrouble.IsHeld(e))
                {
                    if (longest != Timeout.InfiniteTimeSpan && time.GetElapsedTime(since) >= longest)
                    {
                        throw new UploadsUnavailableException("many uploads are beginning, and this one has not got its turn. Ask again in some seconds.");
                    }

                    await Task.Delay(LockPause, cancellation);
                }
            }
        }
        catch
        {
            _turn.Release();
            throw;
        }
    }

    private sealed class Turn(SemaphoreSlim turn, FileStream held) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await held.DisposeAsync();
            turn.Release();
        }
    }
}
