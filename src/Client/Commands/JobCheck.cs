using System.Text.Json;
using Granary.Client.Display;
using Granary.Jobs;
using Granary.Sdk.Checking;

namespace Granary.Client.Commands;

/// <summary>A job whose data is known.</summary>
/// <param name="Job">The job.</param>
/// <param name="Input">What the data says about the model's ends.</param>
/// <param name="Examples">Training examples.</param>
internal sealed record KnownJob(Job Job, InputShape Input, long Examples);

/// <summary>Checks a job and its data before the job is sent to a cluster, in a process that ends afterwards.</summary>
internal static class JobCheck
{
    /// <summary>Checks a job and returns what its data says about it. A custom kind is added to <see cref="ModelKinds"/>, with the shape that the
    /// silo's program has reported: only that program can compute it.</summary>
    /// <inheritdoc cref="Run" path="/exception"/>
    public static async Task<KnownJob> Know(string file, string[] overrides, CancellationToken cancellation)
    {
        var (job, report) = await Run(file, overrides, cancellation);
        using var document = JsonDocument.Parse(report);
        var found = document.RootElement;
        if (!ModelKinds.IsBuiltIn(job.Model.Kind))
        {
            var shape = found.GetProperty("shape").Deserialize<ParameterShape[]>(JsonSerializerOptions.Web)!;
            ModelKinds.Add(new ShapedModel(job.Model.Kind, shape));
        }

        return new KnownJob(
            job,
            new InputShape(found.GetProperty("features").GetInt32(), found.GetProperty("classes").GetInt32())
            {
                IsMultiLabel = job.Data.IsMultiLabel,
                Embedded = found.TryGetProperty("embedded", out var embedded) ? embedded.Deserialize<EmbeddedFeature[]>(JsonSerializerOptions.Web) : null,
                Image = found.TryGetProperty("image", out var image) ? image.Deserialize<ImageSize>(JsonSerializerOptions.Web) : null,
            },
            found.GetProperty("trainingExamples").GetInt64());
    }

    // A kind of which nothing is known but the shape of one model.
    private sealed class ShapedModel(string kind, IReadOnlyList<ParameterShape> shape) : ModelDescription
    {
        public override string Kind => kind;

        public override IReadOnlyList<string> Keys => ["options"];

        public override bool NamesAxes => false;

        public override IReadOnlyList<ParameterShape> Shape(ModelSection model, InputShape input) => shape;
    }

    /// <summary>Reads the job file, then has the silo's program read the data. Returns the job and what the check printed.</summary>
    /// <exception cref="JobException">The job file is wrong.</exception>
    /// <exception cref="DataRefusedException">The data is wrong.</exception>
    public static async Task<(Job Job, string Report)> Run(string file, string[] overrides, CancellationToken cancellation, bool withColumns = false)
    {
        var job = Load(file, overrides);
        using var narrator = Narrator.OfThisProcess();
        narrator.DoingBriefly(Reading);
        return (job, await ReadData(file, overrides, narrator, cancellation, withColumns));
    }

    /// <summary>Reads the job file alone.</summary>
    /// <exception cref="JobException">The job file is wrong.</exception>
    public static Job Load(string file, string[] overrides) => JobFile.Load(file, overrides, Environment.CurrentDirectory, anyKind: true);

    /// <summary>What is being done, for people.</summary>
    public const string Reading = "reading the data";

    /// <summary>What a check found doubtful, from what it printed.</summary>
    public static IReadOnlyList<JobWarning> Warnings(string report)
    {
        using var document = JsonDocument.Parse(report);
        return document.RootElement.GetProperty("warnings").Deserialize<JobWarning[]>(JsonSerializerOptions.Web)!;
    }

    /// <summary>Says warnings, a line for each.</summary>
    public static void Say(IEnumerable<JobWarning> warnings, Action<string> line)
    {
        foreach (var warning in warnings)
        {
            line($"warning: {warning.Message}");
        }
    }

    /// <summary>Has the silo's program read the data of a job whose file is good. Returns what the check printed.</summary>
    /// <param name="file">The job file.</param>
    /// <param name="overrides">key=value over it.</param>
    /// <param name="narrator">Shows notes for the user that are no errors.</param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <param name="withColumns">Whether every feature is described.</param>
    /// <param name="sample">Whether some rows of a large table may do.</param>
    /// <exception cref="DataRefusedException">The data is wrong.</exception>
    public static async Task<string> ReadData(string file, string[] overrides, Narrator narrator, CancellationToken cancellation, bool withColumns = false, bool sample = false) =>
        await DataCheckProcess.Run(file, overrides, narrator.Say, cancellation, withColumns, sample: sample);

    /// <summary>Whether a check has looked at some rows alone, from what it printed.</summary>
    public static bool IsSample(string report)
    {
        using var document = JsonDocument.Parse(report);
        return document.RootElement.TryGetProperty("sample", out _);
    }

    /// <summary>Whether all of a job's data, of which a sample was good, cannot be used. What is wrong with it has been said.</summary>
    public static async Task<bool> IsRefused(string file, string[] overrides, CancellationToken cancellation)
    {
        try
        {
            await DataCheckProcess.Run(file, overrides, notes: null, cancellation);
            return false;
        }
        catch (DataRefusedException)
        {
            return true;
        }
    }
}
