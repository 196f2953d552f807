using System.Runtime.InteropServices;

namespace Granary.Jobs;

/// <summary>
/// A file that a command writes where its user said. It is made sure of before anything is computed: it is none of the files that the
/// command reads, whatever names and links lead there; a file that exists is refused unless it may be overwritten; the folder can be
/// written to. A regular file is there whole in the end or not at all; a link stays a link; pipes and devices are written to as they are.
/// </summary>
public sealed class OutputFile : IDisposable
{
    private readonly string _path;
    private readonly bool _overwrite;
    private readonly UnfinishedFile? _file;
    private readonly Stream? _direct;
    private readonly PosixSignalRegistration[] _signals = [];

    /// <summary>Makes sure of a file.</summary>
    /// <param name="path">The file, as its user named it; "-" is standard output.</param>
    /// <param name="overwrite">Whether a file that exists may be replaced.</param>
    /// <param name="inputs">The files that the command reads.</param>
    /// <exception cref="JobException">It cannot be written, or must not be.</exception>
    public OutputFile(string path, bool overwrite, params IReadOnlyCollection<string> inputs)
    {
        path = Meant(path);
        (_path, _overwrite) = (path, overwrite);
        if (path.Length == 0)
        {
            throw new JobException("the name of the output is empty: name a file.");
        }

        if (StoredPath.Is(path))
        {
            throw new JobException($"{path}: a command writes files of this machine: name one, and copy it there.");
        }

        var there = FileIdentity.Of(path);
        if (there.Kind is FileKind.File or FileKind.Pipe && inputs.FirstOrDefault(i => FileIdentity.Of(i).IsSameAs(there)) is { } input)
        {
            throw new JobException($"{path}: this is {(path == input ? "" : input + ", ")}the file that is read, and would be lost: name another file.");
        }

        if (OpenDescriptor.Of(path) is { } descriptor)
        {
            _direct = new DescriptorStream(descriptor);
        }
        else if (there.Kind is FileKind.Pipe or FileKind.Device)
        {
            _direct = Open(() => new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0));
        }
        else
        {
            RefuseOthers(there);
            _file = new UnfinishedFile(path);
            PosixSignal[] ends = [PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP];
            _signals = [.. ends.Select(s => PosixSignalRegistration.Create(s, _ => _file.Remove()))];
        }

        Content = _file?.Content ?? new OutputStream(_direct!, Told);
    }

    /// <summary>Whether a path names standard output: what else is said of it must be said elsewhere.</summary>
    public static bool IsStandardOutput(string path) => OpenDescriptor.Of(Meant(path)) == 1;

    // As "-" is standard input where a file is read.
    private static string Meant(string path) => path == "-" ? "/dev/stdout" : path;

    /// <summary>Standard output, whose errors come as a <see cref="JobException"/> too. A pipe whose reader has gone is no error.</summary>
    public static Stream StandardOutput() => new OutputStream(
        Console.OpenStandardOutput(), e => new JobException($"standard output cannot be written to: {FileTrouble.Reason(e)}."));

    /// <summary>What it shall hold. Its errors come as a <see cref="JobException"/> that names the file.</summary>
    public Stream Content { get; }

    /// <summary>Says that all of it has been written. Without that nothing of it stays.</summary>
    /// <exception cref="JobException">It cannot be written.</exception>
    public void Finish()
    {
        if (!_overwrite && _file is not null && FileIdentity.Of(_path).Kind != FileKind.Nothing)
        {
            throw Exists(); // somebody has made it meanwhile
        }

        _file?.Finish(_overwrite);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var signal in _signals)
        {
            signal.Dispose();
        }

        _file?.Dispose();
        _direct?.Dispose();
    }

    private void RefuseOthers(FileIdentity there)
    {
        switch (there.Kind)
        {
            case FileKind.Folder:
                throw new JobException($"{_path}: this is a folder: name a file in it, or elsewhere.");
            case FileKind.Socket:
                throw new JobException($"{_path}: this is a socket: name a file.");
            case FileKind.Disk:
                throw new JobException($"{_path}: this is a disk: name a file.");
            case FileKind.File when !_overwrite:
                throw Exists();
            case FileKind.Nothing when !Directory.Exists(Path.GetDirectoryName(Path.GetFullPath(_path))):
                throw new JobException($"{_path}: there is no such folder: make it first, or name another one.");
        }
    }

    private JobException Exists() => new($"{_path}: there is a file of this name: name another one, or say --overwrite.");

    private Stream Open(Func<Stream> open)
    {
        try
        {
            return open();
        }
        catch (Exception e) when (FileTrouble.Is(e))
        {
            throw Told(e);
        }
    }

    private JobException Told(Exception e) => new($"{_path}: it cannot be written to: {FileTrouble.Reason(e)}.");
}
