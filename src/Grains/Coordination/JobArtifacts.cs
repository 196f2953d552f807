using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Granary.Contracts;
using Granary.Jobs;

namespace Granary.Grains.Coordination;

/// <summary>The files that go with a model: the resolved job file, the metrics and the summary.</summary>
internal static class JobArtifacts
{
    private static readonly JsonSerializerOptions Line = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals, // a diverged job's loss may be "NaN"
    };

    private static readonly JsonSerializerOptions Page = new(Line) { WriteIndented = true };

    /// <summary>Every artifact by file name.</summary>
    public static Dictionary<string, string> Of(
        Job job, JobState state, JobResult result, CoordinatorState kept, ProgressState progress, GoodputReport goodput)
    {
        var metrics = new StringBuilder();
        foreach (var point in progress.Points)
        {
            metrics.Append(JsonSerializer.Serialize(point, Line)).Append('\n');
        }

        var summary = new
        {
            job = goodput.JobId,
            name = job.Name,
            state = state.ToString().ToLowerInvariant(),
            failure = kept.Failure,
            model = result.Model,
            parameters = result.Parameters,
            shards = job.Data.Shards,
            silos = kept.Members.Count,
            absentSilos = kept.Absent.Count == 0 ? null : kept.Absent.Select(a => new { silo = a.Name, why = a.Why }),
            steps = progress.Committed,
            epochs = job.Training.Steps > 0 ? null : (int?)job.Training.Epochs, // of a job by steps there is no such number
            modelStep = result.Step,
            stoppedEarly = result.StoppedEarly,
            examples = progress.Examples,
            seconds = kept.Seconds,
            earlier = kept.Earlier.Steps == 0 ? null : kept.Earlier,
            trainLoss = result.TrainLoss,
            trainLossStep = result.TrainLossStep,
            validation = result.ValidationExamples == 0 ? null : new
            {
                step = result.ValidationStep,
                examples = result.ValidationExamples,
                loss = result.ValidationLoss,
                accuracy = result.ValidationAccuracy,
                mse = result.ValidationNumbers?.Mse,
                rmse = result.ValidationNumbers?.Rmse,
                mae = result.ValidationNumbers?.Mae,
                r2 = result.ValidationNumbers?.R2,
                figures = result.ValidationFigures,
            },
            weightsSha256 = result.WeightsSha256,
            recoveries = kept.Recoveries,
            warnings = kept.Submission?.Warnings ?? [],
            goodput = goodput.Document(),
            gradientCheck = kept.Gradients, // float32 against float64
        };
        return new Dictionary<string, string>
        {
            ["job.yaml"] = JobFile.Write(job),
            ["metrics.jsonl"] = metrics.ToString(),
            ["summary.json"] = JsonSerializer.Serialize(summary, Page) + "\n",
        };
    }
}
