using System.Security.Cryptography;

namespace Granary.Jobs;

/// <summary>A file that is being written under a temporary name beside its own. It gets its name when it is finished; until then, and
/// where it is never finished, the name is what it was.</summary>
internal sealed class UnfinishedFile : IDisposable
{
    private readonly string _named;
    private readonly string _target;
    private readonly string _temporary;
    private readonly FileStream _file;

    /// <param name="path">The name it shall have. Where that is a link, the file that it leads to.</param>
    /// <exception cref="JobException">It cannot be made.</exception>
    public UnfinishedFile(string path)
    {
        _named = path;
        try
        {
            _target = FileIdentity.Target(path);
            var (folder, name) = (Path.GetDirectoryName(_target)!, Path.GetFileName(_target));
            // Some file systems take no name of more than 255 bytes, and the file's own may be as long as that.
            var start = name.Length <= 100 ? name : name[..100];
            _temporary = Path.Combine(folder, $".{start}.{RandomNumberGenerator.GetHexString(8, lowercase: true)}.tmp");
            _file = new FileStream(_temporary, FileMode.CreateNew, FileAccess.Write);
        }
        catch (Exception e) when (FileTrouble.Is(e))
        {
            throw Told(e);
        }

        Content = new OutputStream(_file, Told);
    }

    /// <summary>What it shall hold. Errors of the disk come as a <see cref="JobException"/>.</summary>
    public Stream Content { get; }

    /// <summary>Gives it its name.</summary>
    /// <param name="replace">Whether a file that has the name may be replaced.</param>
    /// <exception cref="JobException">It cannot be written, or another has the name.</exception>
    public void Finish(bool replace)
    {
        try
        {
            if (replace && FileIdentity.Of(_target).Kind == FileKind.File && !OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(_temporary, File.GetUnixFileMode(_target)); // who may read it is its owner's choice
            }

            _file.Flush(flushToDisk: true);
            _file.Dispose();
            File.Move(_temporary, _target, replace);
        }
        catch (Exception e) when (FileTrouble.Is(e))
        {
            throw Told(e);
        }
    }

    /// <summary>Removes what is not finished.</summary>
    public void Remove()
    {
        try
        {
            File.Delete(_temporary);
        }
        catch (Exception e) when (FileTrouble.Is(e))
        {
            // The folder is gone, or cannot be written to any more.
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        try
        {
            _file.Dispose();
        }
        catch (IOException)
        {
            // The rest could not be written: the writer has already received that error.
        }

        Remove();
    }

    private JobException Told(Exception e) => new($"{_named}: the file cannot be written: {FileTrouble.Reason(e)}.");
}
