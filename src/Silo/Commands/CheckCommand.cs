using System.CommandLine;
using System.Text.Json;
using Granary.Jobs;
using Granary.Model.Data;
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
        var command = new Command("check", "Checks a job and its data.") { file, set };
        return command.Does(result =>
        {
            var job = JobFile.Load(result.GetValue(file)!, result.GetValue(set) ?? [], Environment.CurrentDirectory);
            var (facts, bigramLoss) = DataCheck.Run(job, Environment.ProcessorCount);
            var shape = ModelShape.Of(job.Model, facts.Shape);
            var init = InitialFile.Match(job, shape);
            if (init is not null)
            {
                Console.Error.WriteLine(init.Describe());
            }

            Console.Out.WriteLine(JsonSerializer.Serialize(Report(job, facts, shape, init, bigramLoss), Web));
        });
    }

    private static object Report(Job job, DataFacts facts, IReadOnlyList<ParameterShape> shape, InitialMatch? init, double? bigramLoss) => new
    {
        name = job.Name,
        model = job.Model.KindName(),
        shards = job.Data.Shards,
        trainingExamples = facts.TrainingRows.Sum(),
        validationExamples = facts.ValidationRows.Sum(),
        features = facts.Shape.Features,
        classes = facts.Shape.Classes,
        parameters = ModelShape.Weights(shape),
        stepsPerEpoch = new BatchPlan(facts.TrainingRows, job.Training.Batch, job.Training.Epochs).StepsPerEpoch,
        shape = job.Model.Kind == ModelKind.Own ? shape : null, // of the others anybody knows it
        init,
        bigramLoss,
    };
}
