using System.Text.Json;
using System.Text.Json.Serialization;
using Granary.Contracts;
using Granary.Jobs;

namespace Granary.Grains.Coordination;

/// <summary>What an ended job leaves in its output folder besides the model, so that it can be trained on: a checkpoint of its last
/// version and, where that is another one, of the version published. Files: state/state.json and the checkpoints' parts.</summary>
/// <param name="Job">The job's id.</param>
/// <param name="Facts">What its shards agreed on.</param>
/// <param name="Seconds">Seconds it has trained.</param>
/// <param name="Checkpoints">The checkpoints, the last version's last; the names of their files are relative.</param>
/// <param name="Platform">What it was computed on; null: an earlier build did not say.</param>
internal sealed record RunState(string Job, DataFacts Facts, double Seconds, IReadOnlyList<DurableCheckpoint> Checkpoints, string? Platform = null)
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

    /// <summary>The artifacts to write, and the files to copy, by name within the output folder. No other run's files have these names, nor
    /// have those of another generation: while they are written, what was there before is whole.</summary>
    /// <param name="generation">The job's last generation.</param>
    public (KeyValuePair<string, string> Artifact, IReadOnlyDictionary<string, string> Copies) Files(long generation)
    {
        var copies = new Dictionary<string, string>();
        var relative = Checkpoints.Select(c => c with
        {
            Folder = "",
            Parts = [.. c.Parts.Select(p =>
            {
                var name = FormattableString.Invariant($"{Job}-g{generation}-step-{c.Step}-blocks-{p.Blocks.First:D6}{PartEnding}");
                copies[Path.Combine(Folder, name)] = p.File;
                return p with { File = name, Job = p.Job ?? Job };
            })],
        });
        return (KeyValuePair.Create(File, JsonSerializer.Serialize(this with { Checkpoints = [.. relative] }, Web)), copies);
    }

    /// <summary>Reads what a run has left.</summary>
    /// <param name="output">The run's output folder.</param>
    /// <exception cref="JobException">It cannot be read.</exception>
    public static RunState Read(string output)
    {
        var path = Path.Combine(output, File);
        try
        {
            var state = JsonSerializer.Deserialize<RunState>(System.IO.File.ReadAllText(path), Web);
            return state is { Checkpoints.Count: > 0 }
                ? state with { Checkpoints = [.. state.Checkpoints.Select(c => c with { Parts = [.. c.Parts.Select(p => p with { File = Path.Combine(output, Folder, p.File) })] })] }
                : throw new JobException($"{path}: it holds no checkpoint, so that the run cannot be continued.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException or NotSupportedException)
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
                .Where(f => Path.GetDirectoryName(f) == Path.Combine(output, Folder) && f.EndsWith(PartEnding, StringComparison.Ordinal))
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
        var mine = Facts with { PixelType = Facts.PixelType ?? facts.PixelType }; // earlier builds did not note it
        if (JsonSerializer.Serialize(mine, Web) != JsonSerializer.Serialize(facts, Web))
        {
            throw new JobException($"the run of job {Job} cannot be continued: the data is not what it was then ({Facts.TrainingRows.Sum()} training and "
                + $"{Plural.Of(Facts.ValidationRows.Sum(), "held-out example")} with other columns, labels or values; now {facts.TrainingRows.Sum()} and {facts.ValidationRows.Sum()}).");
        }
    }
}
