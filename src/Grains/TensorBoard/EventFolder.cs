using System.Globalization;
using System.Text.RegularExpressions;

namespace Granary.Grains.TensorBoard;

/// <summary>The names of event files: TensorBoard's own beginning and the time, then the job and the generation that has begun the file.</summary>
internal static partial class EventFolder
{
    /// <summary>A new file's path.</summary>
    public static string NewPath(string folder, string job, long generation, DateTimeOffset at) => Path.Combine(
        folder, string.Create(CultureInfo.InvariantCulture, $"events.out.tfevents.{at.ToUnixTimeSeconds()}.{job}.g{generation}"));

    /// <summary>The event files of jobs in a folder, oldest generation first; none where there is no such folder.</summary>
    public static IReadOnlyList<EventFileName> In(string folder) => !Directory.Exists(folder) ? [] :
    [
        .. Directory.EnumerateFiles(folder).Select(p => (Path: p, Match: Name().Match(Path.GetFileName(p)))).Where(f => f.Match.Success)
            .Select(f => new EventFileName(f.Path, f.Match.Groups["job"].Value, long.Parse(f.Match.Groups["generation"].Value, CultureInfo.InvariantCulture)))
            .OrderBy(f => f.Generation).ThenBy(f => f.Path, StringComparer.Ordinal),
    ];

    /// <summary>Removes the event files of other jobs: the folder is this job's, and theirs would be taken for its curves.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="job">Whose stay; null: nobody's.</param>
    public static void RemoveOthers(string folder, string? job)
    {
        foreach (var other in In(folder).Where(f => f.Job != job))
        {
            File.Delete(other.Path);
        }
    }

    /// <summary>Removes a job's event files, where it has left no results.</summary>
    public static void Remove(string folder, string job)
    {
        foreach (var own in In(folder).Where(f => f.Job == job))
        {
            File.Delete(own.Path);
        }
    }

    /// <summary>Removes what a lost silo has left half written of a job's file: TensorBoard would read it too.</summary>
    public static void RemoveUnfinished(string folder, string job)
    {
        foreach (var unfinished in Directory.EnumerateFiles(folder, $".events.out.tfevents.*.{job}.g*.tmp"))
        {
            File.Delete(unfinished);
        }
    }

    [GeneratedRegex(@"^events\.out\.tfevents\.\d+\.(?<job>.+)\.g(?<generation>\d{1,18})$")]
    private static partial Regex Name();
}

/// <summary>An event file.</summary>
/// <param name="Path">Where it is.</param>
/// <param name="Job">Whose it is.</param>
/// <param name="Generation">The generation that has begun it.</param>
internal sealed record EventFileName(string Path, string Job, long Generation);
