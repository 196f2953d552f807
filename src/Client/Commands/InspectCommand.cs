using System.CommandLine;
using Granary.Client.Display;
using Granary.Jobs;

namespace Granary.Client.Commands;

/// <summary><c>granary inspect JOB.yaml</c> and <c>granary inspect --preset NAME</c></summary>
internal static class InspectCommand
{
    public static Command Create()
    {
        var file = new Argument<string?>("job.yaml") { Description = "The job file.", Arity = ArgumentArity.ZeroOrOne }.IsPath();
        var preset = new Option<string?>("--preset") { Description = $"A well-known model instead: {string.Join(", ", ModelPresets.Names)}." };
        var silos = new Option<int[]>("--silos") { Description = "Silos to tell memory and traffic for; may be given again. [default: 1, 2, 4 and 8]" };
        var threads = new Option<int>("--threads") { Description = "Compute threads of a silo.", DefaultValueFactory = _ => 1 };
        var (set, json) = (CommandParts.Set(), CommandParts.Json());
        return new Command("inspect", "A model's matrices, and what training it takes.") { file, preset, set, silos, threads, json }
            .Does(async (result, cancellation) =>
            {
                var (path, name, overrides) = (result.GetValue(file), result.GetValue(preset), result.GetValue(set) ?? []);
                if (path is null == name is null)
                {
                    throw new UserException(ExitCode.Usage, "inspect takes a job file or a --preset, one of them: granary inspect --preset gpt-2.");
                }

                if (name is not null && overrides.Length > 0)
                {
                    throw new UserException(ExitCode.Usage, "--set has no meaning for a preset: it belongs to a job file.");
                }

                var inventory = name is not null
                    ? Preset(name)
                    : await OfJob(path!, overrides, Counts(result.GetValue(silos)), CommandParts.Count("--threads", result.GetValue(threads)), cancellation);
                if (result.GetValue(json))
                {
                    JobDocument.Write(inventory.Document());
                }
                else
                {
                    await Console.Out.WriteAsync(inventory.Text(Terminal.OutputWidth));
                }

                return ExitCode.Done;
            });
    }

    private static InventoryReport Preset(string name)
    {
        var (model, input) = ModelPresets.Of(name);
        return new InventoryReport(name, model, input, []);
    }

    // The numbers of features and classes are known only once the data has been read.
    private static async Task<InventoryReport> OfJob(
        string file, string[] overrides, IReadOnlyList<int>? silos, int threads, CancellationToken cancellation)
    {
        var (job, input, _) = await JobCheck.Know(file, overrides, cancellation);
        var blocks = BlockPlan.Of(job, ModelShape.Of(job.Model, input));
        var counts = silos ?? [.. new[] { 1, 2, 4, 8 }.Where(s => s <= job.Data.Shards)];
        return new InventoryReport(job.Name, job.Model, input, [.. counts.Select(s => SiloCosts.Of(job, blocks, s, threads))]);
    }

    private static IReadOnlyList<int>? Counts(int[]? silos) =>
        silos is { Length: > 0 } ? [.. silos.Select(s => CommandParts.Count("--silos", s))] : null;
}
