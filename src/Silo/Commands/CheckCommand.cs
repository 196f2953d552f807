using System.CommandLine;
using System.Text.Json;
using Granary.Jobs;
using Granary.Model.Data;
using Granary.Model.Data.Checking;
using Granary.Model.Training;

namespace Granary.Silo.Commands;

/// <summary><c>check JOB</c>: reads a job file and all of its data, without a cluster, and without torch unless the model is of a kind of one's own.</summary>
internal static class CheckCommand
{
    private static readonly JsonSerializerOptions Web = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull,
    };

    public static Command Create()
    {
        var file = new Argument<string>("job") { Description = "The job file." };
        var set = new Option<string[]>("--set") { Description = "key=value over the job file; may be given again." };
        var columns = new Option<bool>("--columns") { Description = "Describe every feature." };
        var sample = new Option<bool>("--sample") { Description = "Look at some rows of a large table with described columns, where nothing of them is doubtful." };
        var folder = new Option<string?>("--folder") { Description = "Where relative paths start, instead of where the job file is." };
        var command = new Command("check", "Checks a job and its data.") { file, set, columns, sample, folder };
        return command.Does(result =>
        {
            var (path, overrides) = (result.GetValue(file)!, result.GetValue(set) ?? []);
            var job = result.GetValue(folder) is { } start
                ? JobFile.Parse(File.ReadAllText(path), Path.GetFileName(path), start, overrides, start)
                : JobFile.Load(path, overrides, Environment.CurrentDirectory);
            _ = OptimizerCatalogue.Create(job.Training.Optimizer); // refuses the options that one of one's own does not have
            var sampled = result.GetValue(sample) ? DataCheck.InspectSample(job, Environment.ProcessorCount) : null;
            var found = sampled ?? DataCheck.Inspect(job, Environment.ProcessorCount, result.GetValue(columns));
            var shape = ModelShape.Of(job.Model, found.Facts.Shape);
            var init = InitialFile.Match(job, found.Facts, shape);
            if (init is { IsDoubtful: false })
            {
                Console.Error.WriteLine(init.Describe());
            }

            Console.Out.WriteLine(JsonSerializer.Serialize(Report(job, found, shape, init, sampled is not null), Web));
        });
    }

    private static object Report(Job job, DataInspection found, IReadOnlyList<ParameterShape> shape, InitialMatch? init, bool isSample) => new
    {
        sample = isSample ? true : (bool?)null, // all numbers are of the sample then
        name = job.Name,
        model = job.Model.Kind,
        shards = job.Data.Shards,
        trainingExamples = found.Facts.TrainingRows.Sum(),
        validationExamples = found.Facts.ValidationRows.Sum(),
        features = found.Facts.Shape.Features,
        classes = found.Facts.Shape.Classes,
        embedded = found.Facts.Shape.Embedded,
        image = found.Facts.Shape.Image,
        parameters = ModelShape.Weights(shape),
        stepsPerEpoch = BatchPlan.Of(job, found.Facts.TrainingRows).StepsPerEpoch,
        steps = job.Training.Steps > 0 ? (int?)job.Training.Steps : null,
        windows = job.Data.DrawsWindows ? Kebab.Name(job.Data.Windows) : null,
        trained = job.Training.Train is null ? (long?)null : TrainedTensors.Of(job.Training, shape).Zip(shape, (trained, p) => trained ? p.Count : 0).Sum(),
        shape = ModelKinds.IsBuiltIn(job.Model.Kind) ? null : shape, // the shapes of built-in kinds are known to every process
        init,
        bigramLoss = found.BigramLoss,
        data = found.Report,
        warnings = init is { IsDoubtful: true } ? [.. found.Warnings, new JobWarning("model-init", init.Describe())] : found.Warnings,
    };
}
