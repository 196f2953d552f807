using System.Text.Json;
using System.Text.Json.Serialization;
using Granary.Contracts;
using Granary.Jobs;

namespace Granary.Grains.Coordination;

/// <summary>A checkpoint in a run's output folder.</summary>
/// <param name="Step">The version.</param>
/// <param name="Folder">Always empty.</param>
/// <param name="Parts">Its parts.</param>
/// <param name="Progress">What was known then.</param>
/// <param name="ValidationLoss">Held-out loss under these weights, where it was evaluated.</param>
internal sealed record LeftCheckpoint(long Step, string Folder, IReadOnlyList<LeftPart> Parts, ProgressState Progress, double? ValidationLoss);

/// <summary>A part of it.</summary>
/// <param name="File">Its name in the state's folder; its path, once it has been read.</param>
/// <param name="Blocks">The blocks.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="Checksum">XXH3 (128 bits, hex) of all of it.</param>
/// <param name="Job">The job that wrote it; null: the run's.</param>
internal sealed record LeftPart(string File, BlockRange Blocks, long Bytes, string Checksum, string? Job = null);

/// <summary>What an ended job leaves in its output folder besides the model, so that it can be trained on: a checkpoint of its last
/// version and, where that is another one, of the version published. Files: state/state.json and the checkpoints' parts.</summary>
/// <param name="Job">The job's id.</param>
/// <param name="Facts">What its shards agreed on.</param>
/// <param name="Seconds">Seconds it has trained.</param>
/// <param name="Checkpoints">The checkpoints, the last version's last.</param>
/// <param name="Platform">What it was computed on; null: an earlier build did not say.</param>
internal sealed record RunState(string Job, DataFacts Facts, double Seconds, IReadOnlyList<LeftCheckpoint> Checkpoints, string? Platform = null)
{
    /// <summary>The folder within the output folder.</summary>
    private const string Folder = RunFolder.State;

    /// <summary>The file that says what the others are.</summary>
    public const string File = Folder + "/state.json";

    private const string PartEnding = ".bin";

    private static readonly JsonSerializerOptions Web = new(JsonSerializerDefaults.Web)
    {
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
    };

    /// <summary>The artifact to write, and the parts to copy, by name within the output folder. No other run's files have these names, nor
    /// have those of another generation: while they are written, what was there before is whole.</summary>
    /// <param name="generation">The job's last generation.</param>
    /// <param name="checkpoints">The checkpoints to leave, the last version's last.</param>
    public (KeyValuePair<string, string> Artifact, IReadOnlyDictionary<string, CheckpointPart> Copies) Files(
        long generation, IEnumerable<DurableCheckpoint> checkpoints)
    {
        var copies = new Dictionary<string, CheckpointPart>();
        LeftCheckpoint[] left = [.. checkpoints.Select(c => new LeftCheckpoint(
            c.Step,
            "",
            [.. c.Parts.Select(p =>
            {
                var name = FormattableString.Invariant($"{Job}-g{generation}-step-{c.Step}-blocks-{p.Blocks.First:D6}{PartEnding}");
                copies[Path.Combine(Folder, name)] = p;
                return new LeftPart(name, p.Blocks, p.Bytes, p.Checksum, p.Job ?? Job);
            })],
            c.Progress,
            c.ValidationLoss))];
        return (KeyValuePair.Create(File, JsonSerializer.Serialize(this with { Checkpoints = left }, Web)), copies);
    }

    /// <summary>Reads what a run has left.</summary>
    /// <param name="output">The run's output folder.</param>
    /// <exception cref="JobException">It cannot be read.</exception>
    public static RunState Read(string output)
    {
        var path = Path.Combine(output, File);
        try
        {
            var state = JsonSerializer.Deserialize<RunState>(JobFiles.ReadAllText(path), Web);
            return state is { Checkpoints.Count: > 0 }
                ? state with { Checkpoints = [.. state.Checkpoints.Select(c => c with { Parts = [.. c.Parts.Select(p => p with { File = Path.Combine(output, Folder, p.File) })] })] }
                : throw new JobException($"{path}: it holds no checkpoint, so that the run cannot be continued.");
        }
        catch (Exception e) when (e is (IOException and not FileStoreException) or UnauthorizedAccessException or JsonException or NotSupportedException)
        {
            throw new JobException($"{path}: the run cannot be continued: {e.Message}");
        }
    }

    /// <summary>The parts that a run has left, by their names in the state's folder; none where it is no run's.</summary>
    /// <param name="output">The run's output folder.</param>
    public static IReadOnlyList<string> Parts(string output)
    {
        try
        {
            return [.. Read(output).Checkpoints.SelectMany(c => c.Parts).Select(p => p.File)
                .Where(f => (StoredPath.Is(f) ? StoredPath.Folder(f) : Path.GetDirectoryName(f)) == Path.Combine(output, Folder) && f.EndsWith(PartEnding, StringComparison.Ordinal))
                .Select(f => Path.GetFileName(f))];
        }
        catch (JobException)
        {
            return [];
        }
    }

    /// <summary>Refuses other data than the run was trained on.</summary>
    /// <exception cref="JobException">It is other data.</exception>
    public void RequireSame(DataFacts facts)
    {
        // Earlier builds did not note what images are like. The same data may be in another place now.
        var mine = Facts with { SourceTags = facts.SourceTags, PixelType = Facts.PixelType ?? facts.PixelType, Shape = Facts.Shape with { Image = Facts.Shape.Image ?? facts.Shape.Image } };
        if (JsonSerializer.Serialize(mine, Web) != JsonSerializer.Serialize(facts, Web))
        {
            throw new JobException($"the run of job {Job} cannot be continued: the data is not what it was then ({Facts.TrainingRows.Sum()} training and "
                + $"{Plural.Of(Facts.ValidationRows.Sum(), "held-out example")} with other columns, labels or values; now {facts.TrainingRows.Sum()} and {facts.ValidationRows.Sum()}).");
        }
    }
}
