using System.CommandLine;
using Granary.Client.Display;
using Granary.Client.Local;
using Granary.Contracts;
using Granary.Jobs;
using Granary.Sdk.Submitting;

namespace Granary.Client.Commands;

/// <summary><c>granary train JOB.yaml</c>: a private cluster for one job, gone when the job has ended.</summary>
internal static class TrainCommand
{
    // A busy machine may need long for a step and for writing; a second interruption ends it at once.
    private static readonly TimeSpan CancelTime = TimeSpan.FromSeconds(60);

    public static Command Create()
    {
        var (file, set, json) = (CommandParts.JobFileArgument(), CommandParts.Set(), CommandParts.Json());
        var silos = new Option<int>("--silos") { Description = "Silo processes.", DefaultValueFactory = _ => 2 };
        var output = new Option<string?>("--output") { Description = "Directory for the model, or s3://BUCKET/PREFIX (default: the job file's output.path, else runs/NAME-ID)." }.IsPath();
        var telemetry = new Option<string>("--telemetry") { Description = "console, otlp or none.", DefaultValueFactory = _ => "none" };
        var overwrite = CommandParts.Overwrite("the results of another run in the output directory; nothing else there is touched");
        var (run, kernels) = (ContinueOption.Create(), CommandParts.Kernels());
        var ui = new Option<bool>("--ui") { Description = "Serve a web page to watch it by, and print its address." };
        telemetry.AcceptOnlyFromAmong("console", "otlp", "none");
        return new Command("train", "Trains on a private cluster of local silos.") { file, silos, set, run, output, overwrite, kernels, ui, telemetry, json }.DoesInterruptibly(async (result, interruption) =>
        {
            if (result.GetValue(silos) < 1)
            {
                throw new UserException(ExitCode.Usage, $"--silos is {result.GetValue(silos)}, but must be at least 1.");
            }

            CommandParts.UseKernels(result.GetValue(kernels));
            var (path, overrides) = (result.GetValue(file)!, result.GetValue(set) ?? []);
            var job = JobCheck.Load(path, overrides);
            var from = ContinueOption.Check(result.GetValue(run), job);
            var id = RandomName.Of(job);
            var folder = UserPath.Absolute(result.GetValue(output) ?? job.Output.Path ?? Path.Combine("runs", id), Environment.CurrentDirectory);
            new RunFolder(folder, id).Try(result.GetValue(overwrite), from, Read(path, job)); // before anything is started
            var settings = LocalSettings.For(result.GetValue(silos), result.GetValue(telemetry)!) with { WebPort = result.GetValue(ui) ? 0 : null };
            using var reading = CancellationTokenSource.CreateLinkedTokenSource(interruption.Token);
            using var narrator = Narrator.OfThisProcess();
            var report = ReadData(path, overrides, narrator, reading.Token); // while the silos start
            try
            {
                var code = await Train(new Submission(job, folder, id, Continue: from, Overwrite: result.GetValue(overwrite), Silos: LocalCluster.Names(settings.Silos)), GoingOn.Train(path, overrides, settings.Silos, result.GetValue(kernels)), report, settings, narrator, result.GetValue(json), interruption);
                SayBaseline(await report, result.GetValue(json));

                // The silos have read what a sample has left out, and said what is wrong with it.
                return code == ExitCode.JobFailed && JobCheck.IsSample(await report) && await JobCheck.IsRefused(path, overrides, reading.Token) ? ExitCode.Usage : code;
            }
            finally
            {
                await reading.CancelAsync(); // not needed when a silo did not start
            }
        });
    }

    private static IReadOnlyCollection<string> Read(string file, Job job) =>
    [
        Path.GetFullPath(file),
        .. DataFiles.Expand(job.Data.Path),
        .. job.Data.Validation.Path is { } validation ? DataFiles.Expand(validation) : [],
        .. new[] { job.Model.Init, job.Data.Vocabulary, job.Data.Vocab, job.Data.Merges }.OfType<string>(),
    ];

    private static async Task<string> ReadData(string path, string[] overrides, Narrator narrator, CancellationToken cancellation)
    {
        narrator.Doing(JobCheck.Reading);
        var report = await JobCheck.ReadData(path, overrides, narrator, cancellation, sample: true);
        narrator.Done(JobCheck.Reading);
        return report;
    }

    // The baseline: a language model should have a lower loss than a bigram model.
    private static void SayBaseline(string report, bool json)
    {
        if (System.Text.Json.JsonDocument.Parse(report).RootElement.TryGetProperty("bigramLoss", out var loss))
        {
            CommandParts.Result(string.Create(
                System.Globalization.CultureInfo.InvariantCulture, $"a bigram model of the same training text: validation loss {loss.GetDouble():0.0000}"), json);
        }
    }

    private static async Task<int> Train(
        Submission submission, IReadOnlyList<string> command, Task<string> report, LocalSettings settings, Narrator narrator, bool json, Interruption interruption)
    {
        try
        {
            return await PrivateCluster.Run(settings, interruption, async (cluster, client, lost) =>
            {
                var warnings = JobCheck.Warnings(await report);
                JobCheck.Say(warnings, narrator.Say);
                return await Train(submission with { Warnings = warnings }, command, settings, cluster, client, json, interruption, lost);
            }, report, narrator);
        }
        catch (GranaryException e) when (json && ExitCode.Of(e) == ExitCode.JobFailed)
        {
            JobDocument.Write(new { job = submission.JobId, state = "failed", failure = e.Message });
            throw;
        }
    }

    private static async Task<int> Train(
        Submission submission, IReadOnlyList<string> command, LocalSettings settings, PrivateCluster cluster, GranaryClient client, bool json,
        Interruption interruption, CancellationToken waiting)
    {
        var job = await client.Submit(submission, waiting);
        if (cluster.Web is { } web)
        {
            await Console.Error.WriteLineAsync($"its page, while it runs: {new Uri(web, $"#/jobs/{Uri.EscapeDataString(job.Id)}")}");
        }

        try
        {
            var status = await JobDisplay.Follow(job.WatchAsync(waiting), quiet: json);
            await Ended();
            return CommandParts.Report(status, json);
        }
        catch (OperationCanceledException) when (interruption.Token.IsCancellationRequested)
        {
            return await Cancel(job, command, json, Ended, interruption.Again);
        }

        async Task Ended()
        {
            if (submission.Job.Tracking is not null)
            {
                await TrackingReport.Show(job);
            }

            await TelemetryReport.Show(cluster, settings.Telemetry);
        }
    }

    // The job ends at a step boundary and writes the weights it has.
    private static async Task<int> Cancel(
        JobHandle job, IReadOnlyList<string> command, bool json, Func<Task> ended, CancellationToken again)
    {
        await Console.Error.WriteLineAsync("interrupted: writing the last good weights (interrupt again to stop at once)");
        using var time = CancellationTokenSource.CreateLinkedTokenSource(again);
        time.CancelAfter(CancelTime);
        try
        {
            await job.CancelAsync(time.Token);
            JobStatus? last = null;
            await foreach (var status in job.WatchAsync(time.Token))
            {
                last = status;
            }

            await ended();
            Report(last!, json, command);
        }
        catch (Exception e) when (e is OperationCanceledException or GranaryException)
        {
            await Console.Error.WriteLineAsync("the weights were not written in time");
        }

        return ExitCode.Interrupted;
    }

    // If the terminal was closed, nothing can be shown, but the weights are written all the same.
    private static void Report(JobStatus status, bool json, IReadOnlyList<string> command)
    {
        try
        {
            _ = CommandParts.Report(status, json, command);
        }
        catch (IOException)
        {
        }
    }
}
