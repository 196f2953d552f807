namespace Granary.Jobs;

/// <summary>Which files jobs may read, and which folders they may write. Where nothing is said, all that this process may. It holds for whatever a job
/// names: its data, vocabularies and models, the run that it goes on from, and its output.</summary>
public sealed class PathRule
{
    /// <summary>The variable that names the folders that may be read, with the system's separator of paths between them.</summary>
    public const string ReadVariable = "GRANARY_DATA_ROOT";

    /// <summary>The variable that names the folder that may be written.</summary>
    public const string WriteVariable = "GRANARY_OUTPUT_ROOT";

    /// <summary>The variable by which a silo tells the processes that it starts what no job may read or write, whatever the roots: its key, its store, its audit log, its certificates. Each is
    /// the beginning of a path; a folder ends with the system's separator of folders.</summary>
    public const string OwnVariable = "GRANARY_OWN_FILES";

    // What is there is no file of anybody's, whatever lies below the roots.
    private static readonly string[] OfTheSystem = ["/proc", "/dev", "/sys"];

    private static PathRule? _current;

    private readonly string[] _named;
    private readonly string[] _readable;
    private readonly string? _writable;
    private readonly string[] _own;
    private readonly StoredRule _stored;

    /// <summary>A rule.</summary>
    /// <param name="readable">Folders; null: everything.</param>
    /// <param name="writable">A folder, which may be read too; null: everything.</param>
    /// <param name="own">What is a silo's own, in spite of them: see <see cref="OwnVariable"/>. Null: nothing.</param>
    public PathRule(IReadOnlyList<string>? readable, string? writable, IReadOnlyList<string>? own = null)
    {
        _stored = new StoredRule(readable, writable, own);
        _own = [.. (own ?? []).Where(o => !StoredPath.Is(o)).Select(o => (RealPath.Of(o) ?? o) + (Path.EndsInDirectorySeparator(o) ? Path.DirectorySeparatorChar.ToString() : ""))];
        _writable = writable is null || StoredPath.Is(writable) ? writable : RealPath.Of(writable);
        Limits = readable is not null;
        _named = [.. readable ?? []];
        _readable = [.. _named.Where(n => !StoredPath.Is(n)).Select(n => RealPath.Of(n)).OfType<string>(), .. _writable is { } output ? [output] : Array.Empty<string>()];
    }

    /// <summary>Whether only some files may be read.</summary>
    public bool Limits { get; }

    /// <summary>The rule of this process, by the two variables.</summary>
    public static PathRule Current => Volatile.Read(ref _current) is { } there ? there : UseEnvironment();

    /// <summary>Looks at the variables again.</summary>
    public static PathRule UseEnvironment()
    {
        var rule = new PathRule(
            Environment.GetEnvironmentVariable(ReadVariable) is { Length: > 0 } roots
                ? [.. Split(roots).Select(UserPath.Expand)]
                : null,
            Environment.GetEnvironmentVariable(WriteVariable) is { Length: > 0 } output ? UserPath.Expand(output) : null,
            Environment.GetEnvironmentVariable(OwnVariable) is { Length: > 0 } own ? Split(own) : null);
        Volatile.Write(ref _current, rule);
        return rule;
    }

    /// <summary>Paths with the system's separator between them. The colon within "s3://" is none.</summary>
    public static IReadOnlyList<string> Split(string text)
    {
        var paths = new List<string>();
        foreach (var path in text.Split(Path.PathSeparator))
        {
            if (paths.Count > 0 && paths[^1].Equals("s3", StringComparison.OrdinalIgnoreCase) && path.StartsWith("//", StringComparison.Ordinal))
            {
                paths[^1] += $":{path}";
            }
            else
            {
                paths.Add(path);
            }
        }

        return [.. paths.Where(p => p.Length > 0)];
    }

    /// <summary>Why a file or folder may not be read, as a sentence; null: it may. The same is said of what is there and of what is not.</summary>
    /// <param name="path">The path; of a glob, the folder before its first wildcard.</param>
    public string? ReadRefusal(string path) => StoredPath.Is(path) ? _stored.ReadRefusal(path) : IsOwn(path) ? $"{path} is the silo's own, and no job's." : !Limits || (!IsOfTheSystem(path) && RealPath.Of(path) is { } real && IsReadable(real))
        ? null
        : $"{path} is under no data root, {(_named.Length == 0 ? "and the silos have none" : $"which are {string.Join(" and ", _named)}")}. Put it there, "
            + $"or start the silos with its folder as --data-root ({ReadVariable}).";

    /// <summary>Why a folder may not be written, as a sentence; null: it may.</summary>
    public string? WriteRefusal(string path) => StoredPath.Is(path) ? _stored.WriteRefusal(path) : IsOwn(path) ? $"{path} is the silo's own, and no job's." : _writable is null || (!IsOfTheSystem(path) && RealPath.Of(path) is { } real && IsWithin(_writable, real))
        ? null
        : $"{path} is not under the output root, which is {_writable}. Name a folder there; a job that names none has one of the cluster's choice.";

    /// <summary>Opens a file that may be read. Where it leads is looked at again once it is open: between the two a link may have changed.</summary>
    /// <param name="path">The file.</param>
    /// <param name="buffer">Bytes that are read at a time.</param>
    /// <exception cref="JobException">It may not be read, or is no regular file.</exception>
    /// <exception cref="IOException">It is not there, or cannot be read.</exception>
    public FileStream OpenRead(string path, int buffer = 4096)
    {
        if (!Limits && _own.Length == 0)
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, buffer);
        }

        if ((ReadRefusal(path) ?? (!Limits || FileKinds.Of(path) is FileKind.File or FileKind.Nothing ? null : FileKinds.Refusal(path))) is { } refusal)
        {
            throw new JobException(refusal);
        }

        var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, buffer);
        if ((RealPath.Of(file) ?? RealPath.Of(path)) is { } real && IsReadable(real))
        {
            return file;
        }

        file.Dispose();
        throw new JobException(ReadRefusal(path) ?? $"{path} leads to another place than it did when it was opened. Leave data alone while a job reads it.");
    }

    private bool IsOwn(string path) => _own.Length > 0 && RealPath.Of(path) is { } real && IsOwnPlace(real);

    private bool IsOwnPlace(string real) => Array.Exists(_own, o => real.StartsWith(o, StringComparison.Ordinal) || (real + Path.DirectorySeparatorChar).StartsWith(o, StringComparison.Ordinal));

    private bool IsReadable(string real) => !IsOwnPlace(real) && (!Limits || IsBelowRoots(real));

    private bool IsBelowRoots(string real) => !IsOfTheSystem(real) && Array.Exists(_readable, root => IsWithin(root, real));

    private static bool IsOfTheSystem(string path) => Array.Exists(OfTheSystem, s => IsWithin(s, path));

    private static bool IsWithin(string root, string path) => !StoredPath.Is(root) &&
        (path == root || path.StartsWith(Path.EndsInDirectorySeparator(root) ? root : root + Path.DirectorySeparatorChar, StringComparison.Ordinal));
}
