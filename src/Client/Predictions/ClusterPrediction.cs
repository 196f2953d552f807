using System.Diagnostics;
using Granary.Client.Commands;
using Granary.Client.Display;
using Granary.Contracts;
using Granary.Jobs;

namespace Granary.Client.Predictions;

/// <summary>A prediction by several silos, in parts that are kept until all are there: the same command goes on after them. Its output is that of one process,
/// to the last byte.</summary>
/// <param name="Model">A model.safetensors, or a job's output folder.</param>
/// <param name="Input">A file, folder or glob.</param>
/// <param name="Output">The output, as the user says it; null: standard output.</param>
/// <param name="Format">csv, jsonl or parquet; null: as the output's name says.</param>
/// <param name="Explain">Whether predictions come with what scores are made of.</param>
/// <param name="Overwrite">Whether the output may be there.</param>
/// <param name="Silos">Which silos.</param>
internal sealed record ClusterPrediction(string Model, string Input, string? Output, string? Format, bool Explain, bool Overwrite, WhichSilos Silos)
{
    private static readonly TimeSpan LongestLate = TimeSpan.FromMinutes(1);

    private static readonly string[] JsonEndings = [".jsonl", ".ndjson"];

    /// <summary>Runs it.</summary>
    /// <returns>The exit code.</returns>
    /// <exception cref="JobException">Something that the user has named cannot be used.</exception>
    /// <exception cref="GranaryException">The model, the input or the cluster cannot be used.</exception>
    public async Task<int> Run(Interruption interruption)
    {
        var (output, isJson, inputs) = (Regular(), IsJson(), Inputs());
        var model = Directory.Exists(Model) ? Path.Combine(Model, "model.safetensors") : Model;
        Sure(output, [.. inputs, model]).Dispose(); // before anything is computed
        var task = PredictionTask.Of(model, inputs, isJson, Explain);
        using var folder = PredictionFolder.Claim(output, task);
        var parts = folder.Parts;
        if (parts.Finished() is { Count: > 0 } there)
        {
            await Console.Error.WriteLineAsync($"{folder.Path}: {Plural.Of(there.Count, "part")} with {Plural.Of(there.Sum(p => p.Rows), "row")} {(there.Count == 1 ? "is" : "are")} there already: going on after {(there.Count == 1 ? "it" : "them")}");
        }

        try
        {
            var request = new PredictionRequest(Path.GetFullPath(model), Path.TrimEndingDirectorySeparator(Path.GetFullPath(Input)), parts.Folder, isJson, Explain);
            await Silos.Use(interruption, async (client, waiting) =>
            {
                using var narrator = Narrator.OfThisProcess();
                narrator.Doing($"predicting {Input} with {Silos}");
                await client.PredictAsync(request, waiting);
                return true;
            });
        }
        catch (Exception e) when (e is OperationCanceledException or GranaryException or JobException)
        {
            await Keep(folder, e);
            throw;
        }

        using var atOnce = interruption.Again.Register(() => Environment.Exit(ExitCode.Interrupted));
        var all = await All(folder, interruption.Token);
        if (PredictionTask.Of(model, inputs, isJson, Explain).Text != task.Text)
        {
            throw new JobException($"{model}, or a file of {Input}, was changed while it was used: say the same command again: it begins anew.");
        }

        if (all.Sum(p => p.Rows) == 0)
        {
            folder.Remove();
            throw new JobException($"{DataFiles.NameOf(Input)}: it has no rows: there is nothing to predict.");
        }

        using (var file = Sure(output, [.. inputs, model]))
        {
            parts.Join(all, file.Content, interruption.Token);
            file.Finish();
        }

        folder.Remove();
        Tell(all, output);
        return ExitCode.Done;
    }

    // Nothing is left of a command that has come to nothing.
    private static async Task Keep(PredictionFolder folder, Exception why)
    {
        if (!Directory.Exists(folder.Parts.Folder) || folder.Parts.Finished().Count == 0)
        {
            folder.Remove();
        }
        else if (why is OperationCanceledException)
        {
            await Console.Error.WriteLineAsync($"{folder.Path}: finished parts stay there: the same command goes on after them");
        }
    }

    // A file system of several machines may show the last ones late.
    private static async Task<IReadOnlyList<FinishedPart>> All(PredictionFolder folder, CancellationToken cancellation)
    {
        for (var since = Stopwatch.StartNew(); ; await Task.Delay(TimeSpan.FromSeconds(1), cancellation))
        {
            if (folder.Parts.All() is { } all)
            {
                return all;
            }

            if (since.Elapsed > LongestLate)
            {
                throw new JobException($"{folder.Path}: a part was finished and is not there: somebody has removed it, or this machine does not see it. Say the same command again: it makes what is missing.");
            }
        }
    }

    // As the silo's program says it of its own predictions.
    private static void Tell(IReadOnlyList<FinishedPart> all, string output)
    {
        if (all.SelectMany(p => p.Ignored).Distinct(StringComparer.Ordinal).ToArray() is { Length: > 0 } ignored)
        {
            Console.Error.WriteLine($"columns the model does not know are left out: {string.Join(", ", ignored.Select(c => c.Length == 0 ? "one without a name" : c))}");
        }

        foreach (var unseen in UnseenCategories.Sum(all.SelectMany(p => p.Unseen)))
        {
            Console.Error.WriteLine(unseen.Sentence);
        }

        Console.Out.WriteLine($"{output}: {Plural.Of(all.Sum(p => p.Rows), "row")} predicted");
    }

    private OutputFile Sure(string output, IReadOnlyCollection<string> inputs) => new(output, Overwrite, inputs);

    private string Regular() => Output is not { } output || OutputFile.IsStandardOutput(output) || FileKinds.Of(output) is FileKind.Pipe or FileKind.Device
        ? throw new UserException(ExitCode.Usage, $"{Silos.Option} needs an --output that is a file: finished parts are kept beside it, so that the command can go on where it was interrupted.")
        : output;

    private bool IsJson() => (Format ?? Path.GetExtension(Output)!.TrimStart('.').ToLowerInvariant()) == "parquet"
        ? throw new UserException(ExitCode.Usage, $"{Silos.Option} writes parts one after another, which a Parquet file cannot be made of: write csv or jsonl, or leave {Silos.Option} out.")
        : Format is { } format ? format == "jsonl" : JsonEndings.Contains(Path.GetExtension(Output), StringComparer.OrdinalIgnoreCase);

    private IReadOnlyList<string> Inputs() => StoredPath.Is(Model) || StoredPath.Is(Input) ? throw new UserException(ExitCode.Usage, $"{Silos.Option}: what several silos predict with and from are files: leave {Silos.Option} out, or copy them here.")
        : !File.Exists(Model) && !Directory.Exists(Model) ? throw new UserException(ExitCode.Usage, $"there is no model {Model}.")
        : Input == "-" ? throw new UserException(ExitCode.Usage, $"{Silos.Option}: standard input can be read only once, but every silo reads the input: save it to a file first.")
        : DataFiles.Refusal(Input, isTable: false) is { } refusal ? throw new UserException(ExitCode.Usage, $"--input: {refusal}")
        : DataFiles.Expand(Input);
}
