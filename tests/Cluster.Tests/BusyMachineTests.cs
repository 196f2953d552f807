using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Granary.Cluster.Tests;

/// <summary>Slow is not dead, dead is not slow, and whoever is told that it is dead says so in one line.</summary>
[Collection(RecoveryScenario.OneByOne)]
public sealed class BusyMachineTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-test-").FullName;

    private static string Digits => Path.Combine(CommandLine.Examples, "digits-mlp.yaml");

    public void Dispose()
    {
        using var down = CommandLine.Run(_folder, "down").GetAwaiter().GetResult();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Beside_busy_processes_no_silo_is_taken_for_dead()
    {
        using var quiet = await CommandLine.Run(_folder, "train", Digits, "--silos", "1", "--json");
        await quiet.Succeeds();
        Assert.All(["README.md", "docs/how-to/train.md"], page => Assert.Equal(Figures(quiet.Errors), Figures(CommandLine.Page(page))));

        using var busy = new BusyProcesses(8);
        using var train = await CommandLine.Run(_folder, "train", Digits, "--silos", "3", "--json");
        await train.Succeeds();
        Assert.Equal(quiet.Json.GetProperty("weightsSha256").GetString(), train.Json.GetProperty("weightsSha256").GetString());
        Assert.DoesNotContain("taken it for dead", train.Errors);
        Assert.DoesNotContain("starting it again", train.Errors);
        CommandLine.HasNoStack(train);
    }

    // Of what a run of the example came to, all that is the same on every machine.
    private static (string, string, string) Figures(string text) => (
        Regex.Match(text, @"digits-mlp-\w+ (completed: .*) in [0-9.]+ s on \d silos?").Groups[1].Value,
        Regex.Match(text, "validation: accuracy .*").Value,
        Regex.Match(text, @"model\.safetensors (\(.*\))").Groups[1].Value);

    [Fact]
    public async Task A_silo_that_was_taken_for_dead_while_it_was_frozen_ends_with_one_line_and_a_code_of_its_own()
    {
        using var up = await CommandLine.Run(_folder, "up", "--silos", "2");
        await up.Succeeds();
        // It computes alone, so that it goes on with that, and waits for nobody, while it finds out.
        using var submit = await CommandLine.Run(_folder, "submit", Digits, "--set", "data.shards=1", "training.epochs=1000000", "--detach", "--json");
        await submit.Succeeds();
        var name = await Member(submit.Json.GetProperty("job").GetString()!);
        var frozen = await Pid(name);
        CommandLine.Kill("STOP", $"{frozen}");
        try
        {
            for (var since = Stopwatch.StartNew(); await Pid(name) is not null;)
            {
                Assert.True(since.Elapsed < TimeSpan.FromMinutes(3), "the others still count on a silo that is frozen");
            }
        }
        finally
        {
            CommandLine.Kill("CONT", $"{frozen}");
        }

        var log = Path.Combine(_folder, "home", "logs", "supervisor.log");
        for (var since = Stopwatch.StartNew(); !File.ReadAllText(log).Contains($"silo {name} (pid {frozen}) ended", StringComparison.Ordinal); await Task.Delay(20))
        {
            Assert.True(since.Elapsed < TimeSpan.FromMinutes(2), File.ReadAllText(log));
        }

        var line = File.ReadLines(log).Single(l => l.Contains($"(pid {frozen}) ended", StringComparison.Ordinal));
        Assert.StartsWith($"silo {name} (pid {frozen}) ended with code 4 (silo {name} ends: ", line);
        Assert.Contains("the other silos did not hear from it for too long and have taken it for dead", line);
        using var logs = await CommandLine.Run(_folder, "logs", name);
        Assert.Single(logs.Output.Split('\n'), l => l.Contains("taken it for dead", StringComparison.Ordinal));
        Assert.DoesNotContain("I have been told I am dead", logs.Output);
        CommandLine.HasNoStack(logs);
    }

    // The only one, once it has taken a step.
    private async Task<string> Member(string job)
    {
        for (var since = Stopwatch.StartNew(); ;)
        {
            using var show = await CommandLine.Run(_folder, "show", job, "--json");
            if (show.Json.GetProperty("step").GetInt64() > 0)
            {
                return Assert.Single(show.Json.GetProperty("silos").EnumerateArray()).GetString()!;
            }

            Assert.True(since.Elapsed < TimeSpan.FromMinutes(2), show.Output);
        }
    }

    // Of those that are counted on; null: it is none of them.
    private async Task<int?> Pid(string silo)
    {
        using var status = await CommandLine.Run(_folder, "status", "--json");
        return status.Output.Length == 0 ? -1 : status.Json.GetProperty("silos").EnumerateArray()
            .Where(s => s.GetProperty("name").GetString() == silo).Select(s => (int?)s.GetProperty("pid").GetInt32()).FirstOrDefault();
    }
}
