using System.Globalization;
using System.Text.RegularExpressions;
using Granary.Contracts;

namespace Granary.Grains.Checkpoints;

/// <summary>How a store that keeps checkpoints by name calls them: JOB/step-000000042-g3/blocks-000017.bin, as a path or as the key of an object.</summary>
public static partial class CheckpointName
{
    /// <summary>The folder of a checkpoint, within that of its job: "step-000000042-g3".</summary>
    /// <param name="checkpoint">The checkpoint.</param>
    public static string Folder(CheckpointId checkpoint) => string.Create(CultureInfo.InvariantCulture, $"step-{checkpoint.Step:D9}-g{checkpoint.Generation}");

    /// <summary>A part, within its checkpoint's folder: "blocks-000017.bin".</summary>
    /// <param name="part">The part's number.</param>
    public static string Part(int part) => string.Create(CultureInfo.InvariantCulture, $"blocks-{part:D6}.bin");

    /// <summary>The checkpoint that a folder is of; null: it is of none.</summary>
    /// <param name="job">The job.</param>
    /// <param name="folder">The folder's name, without those above it.</param>
    public static CheckpointId? Parse(string job, string folder) =>
        FolderName().Match(folder) is { Success: true } name
        && long.TryParse(name.Groups[1].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var step)
        && long.TryParse(name.Groups[2].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var generation)
        ? new CheckpointId(job, step, generation)
        : null;

    [GeneratedRegex("^step-([0-9]{9,})-g([0-9]+)$")]
    private static partial Regex FolderName();
}
