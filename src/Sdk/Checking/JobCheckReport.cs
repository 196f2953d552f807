using System.Text.Json;
using Granary.Jobs;
using Granary.Sdk.Checking;
using Granary.Sdk.Local;

namespace Granary.Sdk;

/// <summary>What a check found in a job's data.</summary>
public sealed record JobCheckReport
{
    /// <summary>Examples that are trained on.</summary>
    public required long TrainingExamples { get; init; }

    /// <summary>Examples that are held out.</summary>
    public required long ValidationExamples { get; init; }

    /// <summary>Numbers per example; 0 for text.</summary>
    public required int Features { get; init; }

    /// <summary>Classes, or tokens of the vocabulary; 0 where the target is a number.</summary>
    public required int Classes { get; init; }

    /// <summary>The model's weights.</summary>
    public required long Parameters { get; init; }

    /// <summary>Steps of one epoch.</summary>
    public required long StepsPerEpoch { get; init; }

    /// <summary>Steps of the whole job, where it is measured in steps; null: it is measured in epochs.</summary>
    public long? Steps { get; init; }

    /// <summary>Weights that are trained; null: all are.</summary>
    public long? Trained { get; init; }

    /// <summary>Mean loss of a bigram model over the held-out text: a language model is worth something where it beats that. Null elsewhere.</summary>
    public double? BigramLoss { get; init; }

    /// <summary>What does not keep the job from running, but may not be what was meant.</summary>
    public required IReadOnlyList<JobWarning> Warnings { get; init; }

    /// <summary>The data itself: files, classes, columns.</summary>
    public required DataReport Data { get; init; }

    internal static async Task<JobCheckReport> Of(Job job, string? program, bool withColumns, CancellationToken cancellation)
    {
        using var folder = new TemporaryFolder("granary-check-");
        var file = Path.Combine(folder.Path, $"{job.Name}.yaml");
        await File.WriteAllTextAsync(file, JobFile.Write(job), cancellation);
        var report = await DataCheckProcess.Run(file, [], notes: null, cancellation, withColumns, program);
        return JsonSerializer.Deserialize<JobCheckReport>(report, JsonSerializerOptions.Web)!;
    }
}
