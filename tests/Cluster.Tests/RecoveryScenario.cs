using System.Text.Json;

namespace Granary.Cluster.Tests;

/// <summary>A job on a lasting cluster of real processes that something is done to: the weights must be those of an undisturbed run on
/// one silo, to the last bit.</summary>
public abstract class RecoveryScenario : IDisposable
{
    /// <summary>The collection of those scenarios whose silos die one by one: never two of them side by side.</summary>
    public const string OneByOne = "silos die";

    /// <summary>That of those where silos come and go, or all die: never two of them side by side, but one beside one of the others. What
    /// takes the longest is for the most part waiting.</summary>
    public const string ManyAtOnce = "silos come and go";

    private static readonly string Digits = Path.Combine(CommandLine.Examples, "digits-mlp.yaml");

    // 50,826 weights in four blocks: slices, backups of Adam's state and transfers all have a part.
    private protected static readonly string[] Job =
    [
        Digits, "--set", "model.hidden=[256, 128]", "--set", "training.optimizer.kind=adam",
        "--set", "training.optimizer.learningRate=0.001", "--set", "training.epochs=70",
        "--set", "data.shards=4", // a step's cost is that of its shards: a silo has one or two
    ];

    // Once for all scenarios.
    private static readonly Lazy<Task<string>> Undisturbed = new(async () =>
    {
        var folder = Directory.CreateTempSubdirectory("granary-test-").FullName;
        using var train = await CommandLine.Run(folder, ["train", .. Job, "--silos", "1", "--json"]);
        await train.Succeeds();
        Directory.Delete(folder, recursive: true);
        return train.Json.GetProperty("weightsSha256").GetString()!;
    });

    private protected string Folder { get; } = Directory.CreateTempSubdirectory("granary-test-").FullName;

    public void Dispose()
    {
        using var down = CommandLine.Run(Folder, "down").GetAwaiter().GetResult();
        Directory.Delete(Folder, recursive: true);
        GC.SuppressFinalize(this);
    }

    private protected Task<CommandLine> Run(params string[] arguments) => CommandLine.Run(Folder, arguments);

    private protected async Task Up(int silos)
    {
        using var up = await Run("up", "--silos", $"{silos}");
        await up.Succeeds();
    }

    private protected async Task<string> Submit()
    {
        using var submit = await Run(["submit", .. Job, "--detach", "--json"]);
        await submit.Succeeds();
        return submit.Json.GetProperty("job").GetString()!;
    }

    /// <summary>Carries a fault plan of this folder out on the job that runs; returns chaos's report.</summary>
    private protected async Task<JsonElement> InjectFaults(string plan)
    {
        using var chaos = await Run("chaos", "--plan", Path.Combine(AppContext.BaseDirectory, plan), "--json");
        await chaos.Succeeds();
        return chaos.Json.Clone();
    }

    /// <summary>Carries a fault plan out on a job that begins when the first of its faults has been done: however busy the machine is, the
    /// job is not past the others before anybody watches it.</summary>
    private protected async Task<(string Job, JsonElement Report)> InjectFromTheStart(string plan, params string[] job)
    {
        var (id, chaos) = await StartInjecting(plan, job);
        using (chaos)
        {
            await chaos.Succeeds();
            return (id, chaos.Json.Clone());
        }
    }

    /// <summary>The same, while the plan is still at work. Until its first fault has been done another job has the cluster.</summary>
    private protected async Task<(string Job, CommandLine Chaos)> StartInjecting(string plan, params string[] job)
    {
        // One silo is enough for that one: the rest of the machine is for the commands.
        using var before = await Run("submit", Digits, "--set", "data.shards=1", "training.epochs=1000000", "--detach", "--json");
        await before.Succeeds();
        using var submit = await Run(["submit", .. job, "--detach", "--json"]);
        await submit.Succeeds();
        var id = submit.Json.GetProperty("job").GetString()!;
        var chaos = new CommandLine(Folder, "chaos", "--plan", Path.Combine(AppContext.BaseDirectory, plan), "--job", id, "--json");
        chaos.WaitFor(" step 0: ");
        using var cancel = await Run("cancel", before.Json.GetProperty("job").GetString()!);
        await cancel.Succeeds();
        return (id, chaos);
    }

    private protected async Task EndsAsUndisturbed(string job) => await EndsAs(await Undisturbed.Value, job);

    private protected async Task EndsAs(string expected, string job)
    {
        using var wait = await Run("wait", job, "--json");
        await wait.Succeeds();
        Assert.Equal(expected, wait.Json.GetProperty("weightsSha256").GetString());
        using var audit = await Run("audit", job);
        await audit.Succeeds();
        Assert.Contains("was counted exactly once", audit.Output);
    }
}
