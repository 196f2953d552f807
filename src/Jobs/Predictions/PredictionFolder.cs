using System.Security.Cryptography;
using System.Text;
using Names = System.IO.Path;

namespace Granary.Jobs;

/// <summary>
/// The folder beside a prediction's output in which its finished parts are kept until all are there. It holds what is predicted (task.json), the lock of the one command that may
/// use it, and the parts in a folder of their own, named after the task: a silo that still works for a command that is gone writes nothing among the parts of another task.
/// </summary>
public sealed class PredictionFolder : IDisposable
{
    private const string TaskFile = "task.json";
    private const string LockFile = "lock";
    private const int NameLength = 12;

    private readonly FileStream _held;

    private PredictionFolder(string path, FileStream held, PredictionTask task)
    {
        (Path, _held) = (path, held);
        Parts = new PredictionParts(PartsOf(path, task));
    }

    /// <summary>Its path.</summary>
    public string Path { get; }

    /// <summary>The task's parts.</summary>
    public PredictionParts Parts { get; }

    /// <summary>Where it is.</summary>
    /// <param name="output">The prediction's output.</param>
    public static string Of(string output) => $"{Names.GetFullPath(output)}.parts";

    /// <summary>Makes it this task's own, for as long as the result lives: parts of it that are there stay, and those of files that have changed since go.</summary>
    /// <param name="output">The prediction's output.</param>
    /// <param name="task">What is predicted.</param>
    /// <exception cref="JobException">The folder is another's, or cannot be made.</exception>
    public static PredictionFolder Claim(string output, PredictionTask task)
    {
        var folder = Of(output);
        FileStream? held = null;
        try
        {
            var isNew = !Directory.Exists(folder);
            Directory.CreateDirectory(folder);
            held = Lock(folder);
            var file = Names.Combine(folder, TaskFile);
            var there = File.Exists(file) ? PredictionTask.Parse(File.ReadAllText(file)) : null;
            if (there is null && !isNew && Directory.EnumerateFileSystemEntries(folder).Any(f => Names.GetFileName(f) is not LockFile && !Names.GetFileName(f).StartsWith('.')))
            {
                throw new JobException($"{folder}: this is no folder of unfinished predictions: name another output.");
            }

            if (there is not null && !there.IsOfSameFiles(task))
            {
                throw new JobException($"{folder}: it holds parts of another prediction, of {string.Join(", ", there.Inputs.Take(2))} by {there.Model}{(there.IsJson == task.IsJson && there.Explain == task.Explain ? "" : ", written otherwise")}: "
                    + "remove the folder, or name another output.");
            }

            if (there?.Text != task.Text)
            {
                Clear(folder);
                WholeFile.Write(file, task.Text);
            }

            Directory.CreateDirectory(PartsOf(folder, task));
            return new PredictionFolder(folder, held, task);
        }
        catch (Exception e) when (FileTrouble.Is(e))
        {
            held?.Dispose();
            throw new JobException($"{folder}: the folder of finished parts cannot be made: {FileTrouble.Reason(e)}.");
        }
        catch
        {
            held?.Dispose();
            throw;
        }
    }

    /// <summary>Removes it, once the output is there.</summary>
    public void Remove()
    {
        try
        {
            Clear(Path);
            File.Delete(Names.Combine(Path, LockFile));
            Directory.Delete(Path); // another command may have it by now
        }
        catch (Exception e) when (FileTrouble.Is(e))
        {
            // What is left is hidden, and the next prediction into this output removes it.
        }
    }

    /// <summary>Lets another command have it.</summary>
    public void Dispose() => _held.Dispose();

    private static string PartsOf(string folder, PredictionTask task) =>
        Names.Combine(folder, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(task.Text)))[..NameLength]);

    // Parts are hidden first: a silo may be writing some, and finds no folder from then on.
    private static void Clear(string folder)
    {
        foreach (var parts in Directory.EnumerateDirectories(folder).Where(d => Names.GetFileName(d)[0] != '.'))
        {
            Directory.Move(parts, Names.Combine(folder, $".{Guid.NewGuid():N}"));
        }

        foreach (var hidden in Directory.EnumerateDirectories(folder))
        {
            Directory.Delete(hidden, recursive: true);
        }

        foreach (var file in Directory.EnumerateFiles(folder).Where(f => Names.GetFileName(f) != LockFile)
            .OrderBy(f => Names.GetFileName(f) == TaskFile)) // it goes last: a folder of parts without it would be nobody's
        {
            File.Delete(file);
        }
    }

    private static FileStream Lock(string folder)
    {
        try
        {
            return new FileStream(Names.Combine(folder, LockFile), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e) when (FileTrouble.IsHeld(e))
        {
            throw new JobException($"{folder}: another command is writing these predictions: wait for it, or name another output.");
        }
    }
}
