using System.Globalization;
using Granary.Contracts;
using Granary.Jobs;

namespace Granary.Client.Commands;

/// <summary>How a job that was cancelled goes on: the exact command line.</summary>
internal static class GoingOn
{
    /// <summary>One line; null where the job has left nothing that it could go on from, or nothing that can be seen here.</summary>
    /// <param name="status">The job.</param>
    /// <param name="command">The command line that started it, a word each; null: <c>granary submit</c> with the job file in its output folder.</param>
    public static string? Advice(JobStatus status, IReadOnlyList<string>? command = null)
    {
        if (status is not { State: JobState.Cancelled, Result.Output: { } output } || !File.Exists(Path.Combine(output, "state", "state.json")))
        {
            return null;
        }

        var folder = Near(output);
        var words = command ?? ["granary", "submit", Path.Combine(folder, "job.yaml")];
        return string.Create(CultureInfo.InvariantCulture, $"to go on from step {status.Step}: {Line([.. words, "--continue", folder])}");
    }

    /// <summary>The command line of <c>granary train</c>, without the options that belong to one run: --output and --continue.</summary>
    public static IReadOnlyList<string> Train(string file, IReadOnlyList<string> set, int silos, string? kernels = null) =>
    [
        "granary", "train", file, .. set.Count == 0 ? [] : new[] { "--set" }, .. set, "--silos", silos.ToString(CultureInfo.InvariantCulture),
        .. kernels is null ? [] : new[] { "--kernels", kernels },
    ];

    /// <summary>Words as a shell takes them.</summary>
    public static string Line(IEnumerable<string> words) => string.Join(' ', words.Select(Quote));

    private static string Quote(string word) => word.Length > 0 && word.All(c => char.IsAsciiLetterOrDigit(c) || "-_./=,:+@%".Contains(c, StringComparison.Ordinal))
        ? word
        : $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    private static string Near(string folder) =>
        !StoredPath.Is(folder) && Path.GetRelativePath(Environment.CurrentDirectory, folder) is var relative && !relative.StartsWith("..", StringComparison.Ordinal) ? relative : folder;
}
