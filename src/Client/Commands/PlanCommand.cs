using System.CommandLine;
using System.Diagnostics;
using Granary.Client.Display;
using Granary.Client.Planning;
using Granary.Jobs;

namespace Granary.Client.Commands;

/// <summary><c>granary plan JOB.yaml</c> and <c>granary plan --preset NAME</c>: what a step would take on clusters that are not there.</summary>
internal static class PlanCommand
{
    public static Command Create()
    {
        var file = new Argument<string?>("job.yaml") { Description = "The job file.", Arity = ArgumentArity.ZeroOrOne }.IsPath();
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

            int[] counts = result.GetValue(silos) is { Length: > 0 } given ? [.. given.Select(s => CommandParts.Count("--silos", s))] : [1, 2, 4, 8];
            var most = CommandParts.Count("--up-to", result.GetValue(upTo));
            _ = facts.Over(Unknown, result); // reports an invalid value before anything runs
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
                var known = await JobCheck.Know(path!, overrides, interruption.Token);
                var job = PlannedJob.Of(known.Job, known.Input, known.Examples);
                if (job.CountsExamples && facts.HasFlops(result))
                {
                    _ = ModelWork.FlopsPerExample(job.Job.Model, known.Input); // throws with the reason
                }

                var (measured, how) = facts.Missing(result).Count > 0 || result.GetValue(calibrate)
                    ? await Measure(job, known, result.GetValue(home)!, facts.Threads(result), !facts.HasNetwork(result), interruption)
                    : (Unknown, null);
                report = new PlanReport(job, facts.Over(measured, result), how, counts, most, ShardsToSuit: false);
            }

            if (result.GetValue(json))
            {
                JobDocument.Write(report.Document());
            }
            else
            {
                await Console.Out.WriteAsync(report.Text(Terminal.OutputWidth));
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

    // On the lasting cluster where one is up, else on a private one.
    private static async Task<(ClusterFacts Facts, string How)> Measure(
        PlannedJob job, KnownJob known, string home, int threads, bool here, Interruption interruption)
    {
        var since = Stopwatch.StartNew();
        var lasting = CommandParts.HasCluster(home);
        var oneMachine = !lasting || !CommandParts.IsElsewhere();
        var calibration = new CalibrationRuns(job, known.Input, known.Examples, Tell);
        IReadOnlyList<CalibrationRun> runs = [];
        if (lasting)
        {
            await CommandParts.WithCluster(home, interruption.Token, async client =>
            {
                runs = await calibration.On(client, interruption.Token);
                return ExitCode.Done;
            });
        }
        else
        {
            runs = await calibration.OnThisMachine(interruption);
        }

        var facts = Calibration.Fit(runs, oneMachine, threads) with { Cores = oneMachine && here ? Environment.ProcessorCount : 0 };
        var where = lasting ? "the cluster that is up" : "2 silos of this machine";
        return (facts, $"measured on {where} in {since.Elapsed.TotalSeconds:0} s"
            + (facts.Cores > 0 ? $"; the silos share its {Plural.Of(facts.Cores, "core")}, unless --bandwidth or --latency says that they do not" : ""));
    }

    private static void Tell(CalibrationRun run) => Console.Error.WriteLine(
        $"timed {Plural.Of(run.Job.Blocks.Weights, "weight")}, batch {run.Job.Batch:N0} on {Plural.Of(run.Silos, "silo")}: compute {Quantity.OfTime(run.Compute)}, exchange {Quantity.OfTime(run.Exchange)}");
}
