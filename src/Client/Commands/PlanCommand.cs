using System.CommandLine;
using System.Diagnostics;
using System.Text.Json;
using Granary.Client.Display;
using Granary.Client.Local;
using Granary.Client.Planning;
using Granary.Jobs;

namespace Granary.Client.Commands;

/// <summary><c>granary plan JOB.yaml</c> and <c>granary plan --preset NAME</c>: what a step would take on clusters that are not there.</summary>
internal static class PlanCommand
{
    private const int MostSilos = 1 << 16;

    public static Command Create()
    {
        var file = new Argument<string?>("job.yaml") { Description = "The job file.", Arity = ArgumentArity.ZeroOrOne };
        var preset = new Option<string?>("--preset") { Description = $"A well-known model instead, trained by AdamW: {string.Join(", ", ModelPresets.Names)}." };
        var batch = new Option<int?>("--batch") { Description = "Examples in a step of a preset: windows of its context." };
        var silos = new Option<int[]>("--silos") { Description = "Silos to plan for; may be given again. [default: 1, 2, 4 and 8]" };
        var upTo = new Option<int>("--up-to") { Description = "Silos that the curve ends at.", DefaultValueFactory = _ => 10_000 };
        var calibrate = new Option<bool>("--calibrate") { Description = "Time short runs of the job even where all that is needed is given." };
        var (set, home, json, facts) = (CommandParts.Set(), CommandParts.Home(), CommandParts.Json(), new PlanOptions());
        var command = new Command("plan", "Predicts step time, bytes and memory on clusters that are not there; what is not given of them is measured by short runs of the job.")
        {
            file, preset, batch, set, silos, upTo, calibrate, home, json,
        };
        foreach (var option in facts.All)
        {
            command.Add(option);
        }

        return command.DoesInterruptibly(async (result, interruption) =>
        {
            var (path, name) = (result.GetValue(file), result.GetValue(preset));
            if (path is null == name is null)
            {
                throw new UserException(ExitCode.Usage, "plan takes a job file or a --preset, one of them: granary plan --preset gpt-2 --batch 512 ...");
            }

            int[] counts = result.GetValue(silos) is { Length: > 0 } given ? [.. given.Select(s => Count("--silos", s))] : [1, 2, 4, 8];
            var most = Count("--up-to", result.GetValue(upTo));
            _ = facts.Over(Unknown, result); // a value that is none is told before anything runs
            PlanReport report;
            if (name is not null)
            {
                RefuseForPreset(result.GetValue(set), result.GetValue(calibrate), result.GetValue(batch), facts.Missing(result));
                report = new PlanReport(PlannedJob.OfPreset(name, result.GetValue(batch)!.Value), facts.Over(Unknown, result), null, counts, most, ShardsToSuit: true);
            }
            else
            {
                if (result.GetValue(batch) is not null)
                {
                    throw new UserException(ExitCode.Usage, "--batch belongs to a preset; for a job file: --set training.batch=...");
                }

                var overrides = result.GetValue(set) ?? [];
                var (job, input, examples) = await Known(path!, overrides, interruption.Token);
                if (job.Job.Model.Kind == ModelKind.Own && facts.HasFlops(result))
                {
                    _ = ModelWork.FlopsPerExample(job.Job.Model, input); // tells why not
                }

                var (measured, how) = facts.Missing(result).Count > 0 || result.GetValue(calibrate)
                    ? await Measure(job, input, examples, result.GetValue(home)!, facts.Threads(result), !facts.HasNetwork(result), interruption)
                    : (Unknown, null);
                report = new PlanReport(job, facts.Over(measured, result), how, counts, most, ShardsToSuit: false);
            }

            if (result.GetValue(json))
            {
                JobDocument.Write(report.Document());
            }
            else
            {
                await Console.Out.WriteAsync(report.Text());
            }

            return ExitCode.Done;
        });
    }

    private static readonly ClusterFacts Unknown = new() { Flops = double.NaN, Bandwidth = double.NaN, Latency = double.NaN };

    private static void RefuseForPreset(string[]? overrides, bool calibrates, int? batch, IReadOnlyList<string> missing)
    {
        if (overrides is { Length: > 0 })
        {
            throw new UserException(ExitCode.Usage, "--set has no meaning for a preset: it belongs to a job file.");
        }

        CommandParts.AtLeastOne("--batch", batch ?? 1);
        if (batch is null)
        {
            throw new UserException(ExitCode.Usage, "a preset needs --batch: how many windows of its context a step takes.");
        }

        if (calibrates || missing.Count > 0)
        {
            throw new UserException(
                ExitCode.Usage,
                $"a preset has no data to be timed with: give {string.Join(", ", missing.Count > 0 ? missing : ["--flops, --bandwidth and --latency without --calibrate"])}, as in --flops 100T --bandwidth 100Gbit --latency 20us.");
        }
    }

    // What the data says about a model's ends takes reading it.
    private static async Task<(PlannedJob Job, InputShape Input, long Examples)> Known(string file, string[] overrides, CancellationToken cancellation)
    {
        var (job, check) = await JobCheck.Run(file, overrides, cancellation);
        var found = JsonDocument.Parse(check).RootElement;
        var input = new InputShape(found.GetProperty("features").GetInt32(), found.GetProperty("classes").GetInt32());
        if (job.Model.OwnKind is { } own)
        {
            var shape = found.GetProperty("shape").Deserialize<ParameterShape[]>(JsonSerializerOptions.Web)!;
            OwnKinds.Add(own, (_, _) => shape);
        }

        var examples = found.GetProperty("trainingExamples").GetInt64();
        return (PlannedJob.Of(job, input, examples), input, examples);
    }

    // On the lasting cluster where one is up, else on a private one.
    private static async Task<(ClusterFacts Facts, string How)> Measure(
        PlannedJob job, InputShape input, long examples, string home, int threads, bool here, Interruption interruption)
    {
        var since = Stopwatch.StartNew();
        var lasting = CommandParts.HasCluster(home);
        var oneMachine = !lasting || !CommandParts.IsElsewhere();
        var folder = Directory.CreateTempSubdirectory("granary-plan-").FullName;
        try
        {
            IReadOnlyList<CalibrationRun> runs = [];
            if (lasting)
            {
                await CommandParts.WithCluster(home, interruption.Token, async client =>
                {
                    runs = await Time(client, job, input, examples, folder, interruption.Token);
                    return ExitCode.Done;
                });
            }
            else
            {
                runs = await PrivateCluster.Run(
                    LocalSettings.For(2, "none") with { Threads = 1 }, interruption,
                    (_, client) => Time(client, job, input, examples, folder, interruption.Token));
            }

            var facts = Calibration.Fit(runs, oneMachine, threads) with { Cores = oneMachine && here ? Environment.ProcessorCount : 0 };
            var where = lasting ? "the cluster that is up" : "2 silos of this machine";
            return (facts, $"measured on {where} in {since.Elapsed.TotalSeconds:0} s"
                + (facts.Cores > 0 ? $"; the silos share its {facts.Cores} cores, unless --bandwidth or --latency says that they do not" : ""));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<IReadOnlyList<CalibrationRun>> Time(
        GranaryClient client, PlannedJob job, InputShape input, long examples, string folder, CancellationToken cancellation)
    {
        var (timed, runs) = (new TimedRuns(client, folder), new List<CalibrationRun>());
        var threads = (await client.Silos()).Max(s => s.Threads);
        foreach (var (variant, silos) in Calibration.Runs(job, input, examples, threads))
        {
            var run = await timed.Run(variant, silos, cancellation);
            await Console.Error.WriteLineAsync(
                $"timed {variant.Blocks.Weights:N0} weights, batch {variant.Batch:N0} on {silos}: compute {Quantity.OfTime(run.Compute)}, exchange {Quantity.OfTime(run.Exchange)}");
            runs.Add(run);
        }

        return runs;
    }

    private static int Count(string option, int value) => value is >= 1 and <= MostSilos
        ? value
        : throw new UserException(ExitCode.Usage, $"{option} {value}: it must be at least 1 and at most {MostSilos}.");
}
