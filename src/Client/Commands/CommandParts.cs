using System.CommandLine;
using Granary.Client.Display;
using Granary.Contracts;
using Granary.Jobs;
using Granary.Sdk.Connecting;

namespace Granary.Client.Commands;

/// <summary>What commands have in common: options, and how errors end them.</summary>
internal static class CommandParts
{
    // Enough for a second try, should the first silo asked be a frozen one.
    private static readonly TimeSpan QuestionTime = TimeSpan.FromSeconds(8);

    /// <summary>--set.</summary>
    public static Option<string[]> Set() => new("--set") { Description = "key=value over the job file; several may follow, and it may be given again." };

    /// <summary>--json.</summary>
    public static Option<bool> Json() => new("--json") { Description = "One JSON document on standard output; everything else on standard error." };

    /// <summary>--overwrite.</summary>
    /// <param name="what">What is replaced.</param>
    public static Option<bool> Overwrite(string what) => new("--overwrite") { Description = $"Replace {what}." };

    /// <summary>--home.</summary>
    public static Option<string> Home() => new Option<string>("--home")
    {
        Description = "The cluster's home directory (GRANARY_HOME; default ~/.granary).",
        DefaultValueFactory = _ => ClusterAddress.HomeOfEnvironment,
    }.IsPath();

    /// <summary>--kernels, for the silos that a command starts. The choice is passed in an environment variable to every process of the command.</summary>
    public static Option<string> Kernels()
    {
        var option = new Option<string>("--kernels")
        {
            Description = $"The silos' kernels for matrix products: {KernelSetting.Auto} (the faster; default), {KernelSetting.Stock} (MKL's own choice) or {KernelSetting.Features} (by instruction sets); {KernelSetting.Variable}.",
        };
        option.AcceptOnlyFromAmong([.. KernelSetting.All]);
        return option;
    }

    /// <summary>Has every process that is started from now on use these kernels.</summary>
    /// <param name="kernels">What --kernels says; null: it was not given.</param>
    /// <exception cref="JobException">It was not given, and the variable cannot be used.</exception>
    public static void UseKernels(string? kernels)
    {
        if (kernels is not null)
        {
            Environment.SetEnvironmentVariable(KernelSetting.Variable, kernels);
        }

        _ = KernelSetting.OfEnvironment();
    }

    /// <summary>The job file argument.</summary>
    public static Argument<string> JobFileArgument() => new Argument<string>("job.yaml") { Description = "The job file." }.IsPath();

    /// <summary>The argument for a trained model.</summary>
    public static Argument<string> Model() => new Argument<string>("model") { Description = "A model.safetensors, or the output folder of a job." }.IsPath();

    /// <summary>--jobs.</summary>
    public static Option<int> JobsAtOnce(int fallback) => new("--jobs")
    {
        Description = "Jobs at once; each has an equal part of every silo's compute threads.",
        DefaultValueFactory = _ => fallback,
    };

    /// <exception cref="UserException">A count is less than 1.</exception>
    public static void AtLeastOne(string option, int value)
    {
        if (value < 1)
        {
            throw new UserException(ExitCode.Usage, $"{option} is {value}, but must be at least 1.");
        }
    }

    /// <summary>A number of silos, or of a silo's threads or cores, used only for a prediction: none of them is started.</summary>
    /// <exception cref="UserException">The number is below 1 or above the limit.</exception>
    public static int Count(string option, int value) => value is >= 1 and <= 1 << 16
        ? value
        : throw new UserException(ExitCode.Usage, $"{option} {value}: it must be at least 1 and at most {1 << 16}.");

    /// <summary>The job id argument.</summary>
    public static Argument<string> JobId() => new("job") { Description = "The job's id." };

    /// <summary>Sets a command's action; whatever goes wrong becomes one message and an exit code.</summary>
    public static Command Does(this Command command, Func<ParseResult, CancellationToken, Task<int>> action) =>
        command.DoesInterruptibly(async (result, interruption) =>
        {
            using var atOnce = interruption.Again.Register(() => Environment.Exit(ExitCode.Interrupted));
            return await action(result, interruption.Token);
        });

    /// <summary>The same for a command that has its own answer to a second Ctrl+C.</summary>
    public static Command DoesInterruptibly(this Command command, Func<ParseResult, Interruption, Task<int>> action)
    {
        command.SetAction(async (result, _) =>
        {
            using var interruption = new Interruption();
            try
            {
                ClusterOptions.Take(result);
                return await action(result, interruption);
            }
            catch (JobException e)
            {
                return Say(ExitCode.Usage, e.Message);
            }
            catch (GranaryException e)
            {
                return Say(ExitCode.Of(e), e.Message);
            }
            catch (OperationCanceledException)
            {
                return ExitCode.Interrupted;
            }
            catch (Exception e) when (LocalFailure.Of(e) is { } failure)
            {
                return Say(ExitCode.Usage, failure);
            }
            catch (Exception e) when (WayLost.Tells(e))
            {
                return Say(ExitCode.Unreachable, $"the cluster did not answer as it should: {e.GetType().Name}: {e.Message}");
            }
#pragma warning disable CA1031 // a user sees one message, whatever it broke on
            catch (Exception e)
            {
                return Say(ExitCode.JobFailed, $"this is a mistake of Granary's own, please report it: {e.GetType().Name}: {e.Message}");
            }
#pragma warning restore CA1031
        });
        return command;
    }

    private static int Say(int code, string message)
    {
        Console.Error.WriteLine($"granary: {message}");
        return code;
    }

    /// <summary>Says what a command came to. What a command was asked for is on standard output, how it gets there and what went wrong on
    /// standard error; with --json the document is alone on standard output, and these lines are on standard error too.</summary>
    public static void Result(string line, bool json = false) => (json ? Console.Error : Console.Out).WriteLine(line);

    /// <summary>Runs something against the lasting cluster of a home directory.</summary>
    public static async Task<int> WithCluster(string home, CancellationToken cancellation, Func<GranaryClient, Task<int>> action)
    {
        await using var client = await Connect(home, cancellation);
        return await action(client);
    }

    /// <summary>The same, where data is read while the cluster is connected to. The first failure is reported.</summary>
    /// <param name="home">The cluster's home.</param>
    /// <param name="narrator">Shows the progress of both; ends when they have ended.</param>
    /// <param name="read">Reads the data. Cancelled where the cluster cannot be reached.</param>
    /// <param name="cancellation">Ends both.</param>
    /// <param name="action">What is done with the cluster and what was read.</param>
    public static async Task<int> WithCluster<T>(
        string home, Narrator narrator, Func<CancellationToken, Task<T>> read, CancellationToken cancellation, Func<GranaryClient, T, Task<int>> action)
    {
        var address = Address(home); // throws at once where there is none
        using var failed = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        try
        {
            narrator.DoingBriefly(JobCheck.Reading);
            narrator.DoingBriefly(Connecting);
            var reading = read(failed.Token);
            var connection = GranaryClient.Connect(address, failed.Token);
            await foreach (var done in Task.WhenEach(reading, connection))
            {
                await done;
                narrator.Done(done == reading ? JobCheck.Reading : Connecting);
            }

            narrator.Dispose();
            await using var client = await connection;
            return await action(client, await reading);
        }
        finally
        {
            await failed.CancelAsync();
        }
    }

    /// <summary>The same for a query that a user waits for: it fails when there is no answer within seconds.</summary>
    public static async Task<int> AskCluster(string home, CancellationToken cancellation, Func<GranaryClient, Task<int>> question)
    {
        await using var client = await Connect(home, cancellation, QuestionTime);
        return await question(client);
    }

    private const string Connecting = "connecting to the cluster";

    /// <summary>Connects to the lasting cluster of a home directory.</summary>
    /// <exception cref="ClusterUnreachableException">None of its silos answers.</exception>
    public static async Task<GranaryClient> Connect(string home, CancellationToken cancellation, TimeSpan? patience = null)
    {
        var address = Address(home);
        using var narrator = Narrator.OfThisProcess();
        narrator.DoingBriefly(Connecting);
        return await GranaryClient.Connect(address, cancellation, patience);
    }

    /// <summary>Whether there is a lasting cluster to speak to.</summary>
    public static bool HasCluster(string home) => IsElsewhere() || new ClusterHome(home).Running() is not null;

    /// <summary>Whether the lasting cluster is of several machines.</summary>
    public static bool IsElsewhere() => Elsewhere() is not null || ClusterOptions.Choice.Remote() is not null;

    /// <summary>The home of the lasting cluster of this machine, for commands that have to do with its processes.</summary>
    /// <param name="home">The home directory.</param>
    /// <param name="instead">What to do about a cluster whose processes are elsewhere.</param>
    /// <exception cref="UserException">The user has named such a cluster.</exception>
    public static ClusterHome LocalHome(string home, string instead) => ClusterOptions.Choice.Remote() is { } remote
        ? throw new UserException(ExitCode.Usage, $"commands ask the cluster at {remote}, and this one has to do with processes of this machine alone. {instead} "
            + $"For the local cluster under {Path.GetFullPath(home)}: granary context use local, and unset GRANARY_URL.")
        : Elsewhere()?.Store is { } store
        ? throw new UserException(ExitCode.Usage, $"{store.Variable} is {store.Place}, a cluster whose silos run elsewhere, and this command has to do with processes of this machine alone. "
            + $"{instead} For the local cluster under {Path.GetFullPath(home)} unset {store.Variable}.")
        : new ClusterHome(home);

    // A cluster of several machines is found through its store, with the same environment variables as its silos use.
    private static ClusterAddress? Elsewhere() => (ClusterAddress.RedisOfEnvironment ?? ClusterAddress.PostgresOfEnvironment) is null ? null : Address("");

    private static ClusterAddress Address(string home) => ClusterOptions.Choice.Address(home);

    /// <summary>The HTTP API of the cluster.</summary>
    /// <exception cref="ClusterUnreachableException">It does not run, or serves none.</exception>
    public static HttpApi Api(string home) => HttpApi.Of(Address(home));

    /// <summary>The cluster, where it is one that is asked over HTTP alone; else null.</summary>
    public static RemoteCluster? Remote() => ClusterOptions.Choice.Remote();

    /// <summary>Follows a job to its end and says what it came to.</summary>
    public static async Task<int> Follow(GranaryClient client, string job, bool json, bool show, CancellationToken cancellation)
    {
        var status = await JobDisplay.Follow(client.GetJob(job).WatchAsync(cancellation), quiet: !show || json);
        return Report(status, json);
    }

    /// <summary>Says what an ended job came to, and how it goes on.</summary>
    /// <param name="status">The job.</param>
    /// <param name="json">Also as a document.</param>
    /// <param name="command">What it was begun with; null: on the lasting cluster.</param>
    public static int Report(JobStatus status, bool json, IReadOnlyList<string>? command = null)
    {
        foreach (var (i, line) in JobLine.Summary(status).Index())
        {
            Result(line, json || (i == 0 && status.Failure is not null)); // the first one says what went wrong
        }

        if (GoingOn.Advice(status, command) is { } advice)
        {
            Console.Error.WriteLine(advice);
        }

        if (json)
        {
            JobDocument.Write(JobDocument.Outcome(status));
        }

        return status.State == JobState.Completed ? ExitCode.Done : ExitCode.JobFailed;
    }
}
