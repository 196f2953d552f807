using YamlDotNet.RepresentationModel;

namespace Granary.Jobs;

/// <summary>How a run ended, as its summary tells.</summary>
/// <param name="Completed">Whether it completed; else it was interrupted or failed.</param>
/// <param name="StoppedEarly">Whether early stopping ended it.</param>
/// <param name="Steps">Steps taken.</param>
public sealed record RunEnd(bool Completed, bool StoppedEarly, long Steps);

/// <summary>Whether a job is a longer version of one that has run: then it goes on from the other's last step, with the bits of a
/// job that had been that long from the start.</summary>
public static class Continuation
{
    private const int KeysInMessage = 5;

    /// <summary>Why it is not; null: it is.</summary>
    /// <param name="before">The job that has run.</param>
    /// <param name="now">The job that is to go on.</param>
    public static string? Refusal(Job before, Job now)
    {
        var (old, own) = (Keys(before, now.Training.Keep), Keys(now, now.Training.Keep));
        var different = old.Keys.Union(own.Keys).Order(StringComparer.Ordinal)
            .Where(k => old.GetValueOrDefault(k) != own.GetValueOrDefault(k))
            .Select(k => $"{k} is {own.GetValueOrDefault(k, "not given")} here, {old.GetValueOrDefault(k, "not given")} there").ToArray();
        return different.Length > 0
                ? $"the job is another one than the run's: {string.Join("; ", different.Take(KeysInMessage))}"
                    + (different.Length > KeysInMessage ? $"; and {Plural.Of(different.Length - KeysInMessage, "more key")}" : "")
                    + ". Only training.epochs (or training.steps), training.checkpoint and training.earlyStopping.patience may change. To start another job from its weights, set model.init"
            : now.Training.Steps > 0 != before.Training.Steps > 0
                ? $"{Length(now).Key} is given here, but the run's length is {Length(before).Key}: give {Length(before).Key}"
            : Length(now).Count < Length(before).Count
                ? $"{Length(now).Key} is {Length(now).Count}, but the run was to have {Length(before).Count} already: set more"
            : Length(now).Count != Length(before).Count && now.Training.Schedule.Kind == ScheduleKind.Cosine
                ? $"training.schedule is cosine, whose rate at every step depends on {Length(now).Key}: a job of {Plural.Of(Length(now).Count, Length(now).Unit)} would have taken other "
                    + $"steps than the run's, which was to have {Length(before).Count}. Train anew, or start from its weights with model.init"
            : null;
    }

    /// <summary>Why nothing is left to do for a job that goes on from a run; null: something is, or may be.</summary>
    /// <param name="before">The job that has run.</param>
    /// <param name="now">The job that is to go on.</param>
    /// <param name="end">How the run ended.</param>
    public static string? NothingLeft(Job before, Job now, RunEnd end) =>
        end.StoppedEarly
            ? now.Training.EarlyStopping?.Patience <= before.Training.EarlyStopping?.Patience
                ? "the run stopped early, and would stop again at the same step: set more training.earlyStopping.patience, or take training.earlyStopping out"
                : null
        : !end.Completed ? null

        // A step that searches is an epoch: fewer of them mean that it found its end.
        : before.Training.Optimizer.Traits().SearchesAlongLines && end.Steps < Length(before).Count
            ? FormattableString.Invariant($"the run has converged after {end.Steps} of {Plural.Of(Length(before).Count, "step")}: no component of the gradient exceeds ")
                + FormattableString.Invariant($"training.optimizer.tolerance ({before.Training.Optimizer.Tolerance}), or nothing lower can be found. There is nothing to do. ")
                + "For another tolerance train anew, or start from its weights with model.init"
        : Length(now).Count == Length(before).Count
            ? $"the run has all of its {Plural.Of(Length(before).Count, Length(before).Unit)}: set more, such as --set {Length(before).Key}={2L * Length(before).Count}"
        : null;

    // A job is measured in epochs or in steps.
    private static (string Key, int Count, string Unit) Length(Job job) =>
        job.Training.Steps > 0 ? ("training.steps", job.Training.Steps, "step") : ("training.epochs", job.Training.Epochs, "epoch");

    // Every key that the weights depend on, and which version of them is published; defaults filled in.
    private static Dictionary<string, string> Keys(Job job, KeptModel keep)
    {
        var stopping = job.Training.EarlyStopping ?? new EarlyStoppingSection { Patience = 1 };
        var training = job.Training with
        {
            Epochs = 1,
            Steps = 0,
            Checkpoint = new CheckpointSection(),
            EarlyStopping = stopping with { Patience = 1 },
            Keep = keep == KeptModel.Last ? keep : job.Training.Keep, // the last one is there whichever was published
        };
        var keys = new Dictionary<string, string>();
        Flatten(YamlText.Mapping(JobFile.Write(job with { Name = "job", Output = new(), Tracking = null, Data = job.Data with { Cache = true, Target = job.Data.HasNumbers || job.Data.IsMultiLabel ? job.Data.Target : LabelTarget.Auto, Validation = job.Data.Validation with { Threshold = null } }, Training = training }), "job.yaml"), "", keys);
        return keys;
    }

    private static void Flatten(YamlMappingNode map, string path, Dictionary<string, string> into)
    {
        foreach (var (key, value) in map.Children)
        {
            var name = path.Length == 0 ? $"{key}" : $"{path}.{key}";
            if (value is YamlMappingNode inner)
            {
                Flatten(inner, name, into);
            }
            else
            {
                into[name] = value is YamlSequenceNode list ? $"[{string.Join(", ", list.Children)}]" : $"{value}";
            }
        }
    }
}
