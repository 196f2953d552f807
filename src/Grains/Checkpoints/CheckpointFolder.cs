using System.Globalization;
using System.Text.RegularExpressions;

namespace Granary.Grains.Checkpoints;

/// <summary>Where a job's checkpoints are: ROOT/JOB/step-S-gG. A generation never writes into another one's folder.</summary>
internal static partial class CheckpointFolder
{
    /// <summary>The folder of one checkpoint.</summary>
    public static string Of(string root, string job, long step, long generation) => Path.Combine(
        root, job, string.Create(CultureInfo.InvariantCulture, $"step-{step:D9}-g{generation}"));

    /// <summary>The file of one part of it.</summary>
    public static string Part(string folder, int firstBlock) => Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"blocks-{firstBlock:D6}.bin"));

    /// <summary>Removes every checkpoint of a job but some, and but those of later steps than theirs, which are being written; what cannot
    /// be removed stays, and so does what is no checkpoint.</summary>
    public static void Clean(string root, string job, IReadOnlyCollection<string> keep)
    {
        var place = Path.Combine(root, job);
        var newest = keep.Select(Step).DefaultIfEmpty(long.MaxValue).Max();
        Try(() =>
        {
            foreach (var folder in Directory.Exists(place) ? Directory.GetDirectories(place) : [])
            {
                if (!keep.Contains(folder) && Step(folder) <= newest)
                {
                    Try(() => Remove(folder));
                }
            }

            if (keep.Count == 0 && Directory.Exists(place))
            {
                Directory.Delete(place); // unless somebody has put something there
            }
        });
    }

    private static void Remove(string folder)
    {
        foreach (var part in Directory.GetFiles(folder).Where(f => PartName().IsMatch(Path.GetFileName(f))))
        {
            File.Delete(part);
        }

        Directory.Delete(folder);
    }

    // Another silo may be removing it, or writing into it; the next time will do.
    private static void Try(Action remove)
    {
        try
        {
            remove();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
        }
    }

    private static long? Step(string folder) =>
        FolderName().Match(Path.GetFileName(folder)) is { Success: true } name && long.TryParse(name.Groups[1].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var step)
        ? step
        : null;

    [GeneratedRegex("^step-([0-9]+)-g[0-9]+$")]
    private static partial Regex FolderName();

    [GeneratedRegex(@"^blocks-[0-9]+\.bin(\.tmp)?$")]
    private static partial Regex PartName();
}
