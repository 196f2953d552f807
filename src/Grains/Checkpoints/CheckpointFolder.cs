using System.Globalization;

namespace Granary.Grains.Checkpoints;

/// <summary>Where a job's checkpoints are: ROOT/JOB/step-S-gG. A generation never writes into another one's folder.</summary>
internal static class CheckpointFolder
{
    /// <summary>The folder of one checkpoint.</summary>
    public static string Of(string root, string job, long step, long generation) => Path.Combine(
        root, job, string.Create(CultureInfo.InvariantCulture, $"step-{step:D9}-g{generation}"));

    /// <summary>Removes every checkpoint of a job but some, and but those of later steps than theirs, which are being written; what cannot
    /// be removed stays.</summary>
    public static void Clean(string root, string job, IReadOnlyCollection<string> keep)
    {
        var place = Path.Combine(root, job);
        var newest = keep.Select(Step).DefaultIfEmpty(long.MaxValue).Max();
        try
        {
            foreach (var folder in Directory.Exists(place) ? Directory.GetDirectories(place) : [])
            {
                if (!keep.Contains(folder) && Step(folder) <= newest)
                {
                    Directory.Delete(folder, recursive: true);
                }
            }

            if (keep.Count == 0 && Directory.Exists(place))
            {
                Directory.Delete(place);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Another silo may be removing it, or writing into it; the next time will do.
        }
    }

    private static long Step(string folder) =>
        Path.GetFileName(folder).Split('-') is ["step", var step, ..] && long.TryParse(step, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
}
