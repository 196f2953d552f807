using System.Text.Json;
using System.Text.Json.Serialization;
using Granary.Contracts;

namespace Granary.Client.Display;

/// <summary>The one JSON document that --json puts on standard output.</summary>
internal static class JobDocument
{
    private static readonly JsonSerializerOptions Web = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals, // a diverged job's loss may be "NaN"
    };

    /// <summary>Writes any document.</summary>
    public static void Write(object document) => Console.Out.WriteLine(JsonSerializer.Serialize(document, Web));

    /// <summary>A job that has ended, as train and wait report it.</summary>
    public static object Outcome(JobStatus s) => new
    {
        job = s.JobId,
        state = State(s),
        failure = s.Failure,
        model = s.Result?.Model,
        parameters = s.Result?.Parameters,
        silos = s.Members.Count,
        absentSilos = s.Absent.Count == 0 ? null : s.Absent.Select(a => new { silo = a.Name, why = a.Why }).ToArray(),
        siloPids = s.Members.Select(m => m.Pid).ToArray(),
        shards = s.Shards,
        steps = s.Step,
        epochs = s.Epochs == 0 ? (int?)null : s.Epochs,
        modelStep = s.Result?.Step,
        stoppedEarly = s.Result?.StoppedEarly,
        examples = s.Examples,
        seconds = s.Seconds,
        earlier = s.Earlier.Steps == 0 ? null : s.Earlier,
        examplesPerSecond = s.ExamplesPerSecond,
        trainLoss = s.Result?.TrainLoss,
        trainLossStep = s.Result?.TrainLossStep,
        validation = s.Result is { ValidationExamples: > 0 } r
            ? new
            {
                step = r.ValidationStep,
                examples = r.ValidationExamples,
                loss = r.ValidationLoss,
                accuracy = r.ValidationAccuracy,
                mse = r.ValidationNumbers?.Mse,
                rmse = r.ValidationNumbers?.Rmse,
                mae = r.ValidationNumbers?.Mae,
                r2 = r.ValidationNumbers?.R2,
                figures = r.ValidationFigures,
            }
            : null,
        weightsSha256 = s.Result?.WeightsSha256,
        recoveries = s.Recoveries,
        output = s.Result?.Output,
    };

    /// <summary>A job as show reports it.</summary>
    public static object Standing(JobStatus s) => new
    {
        job = s.JobId,
        group = s.Group,
        owner = s.Owner,
        state = State(s),
        step = s.Step,
        steps = s.Steps,
        generation = s.Generation,
        recoveries = s.Recoveries,
        silos = s.Members.Select(m => m.Name).ToArray(),
        failure = s.Failure,
    };

    private static string State(JobStatus s) => s.State.ToString().ToLowerInvariant();
}
