using System.Diagnostics;

namespace Granary.Cluster.Tests;

public sealed class TrainTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private const string Job = "JOB.yaml";

    private static string Digits => Path.Combine(CommandLine.Examples, "digits-mlp.yaml");

    [Fact]
    public async Task Ctrl_c_keeps_the_weights_and_leaves_no_process()
    {
        using var train = new CommandLine(_folder, "train", Digits, "--json", "--output", "out", "--set", "training.epochs=100000");
        train.WaitFor("epoch ");
        var silos = train.Children();
        Assert.Equal(2, silos.Length);
        train.PressCtrlC();
        Assert.Equal(130, await train.Exit());
        Assert.Equal("cancelled", train.Json.GetProperty("state").GetString());
        Assert.True(File.Exists(Path.Combine(_folder, "out", "model.safetensors")));
        Assert.All(silos, s => Assert.True(s.HasExited));
    }

    // The events of a private cluster go with it: what they say of the server has to be said before.
    [Fact]
    public async Task A_tracking_server_that_is_not_there_is_told_of_and_the_model_is_written()
    {
        using var train = new CommandLine(
            _folder, "train", Digits, "--silos", "1", "--output", "out", "--set", "training.epochs=1", "tracking.mlflow=http://127.0.0.1:9");
        Assert.Equal(0, await train.Exit());
        Assert.Contains("the MLflow server at http://127.0.0.1:9 does not take the job's figures: ", train.Errors);
        Assert.True(File.Exists(Path.Combine(_folder, "out", "model.safetensors")));
    }

    // A shell's window that is closed, and whoever ends a whole group of processes.
    [Theory]
    [InlineData("HUP")]
    [InlineData("TERM")]
    public async Task A_signal_to_the_whole_group_keeps_the_weights(string signal)
    {
        using var train = new CommandLine(_folder, "train", Digits, "--silos", "1", "--json", "--output", "out", "--set", "training.epochs=100000");
        train.WaitFor("epoch ");
        var silos = train.Children();
        CommandLine.Kill(signal, $"-{train.Pid}");
        if (signal == "HUP")
        {
            train.WaitFor("interrupted: ");
            CommandLine.Kill(signal, $"-{train.Pid}"); // from the system, and from the shell
        }

        Assert.Equal(130, await train.Exit());
        Assert.Equal("cancelled", train.Json.GetProperty("state").GetString());
        Assert.True(File.Exists(Path.Combine(_folder, "out", "model.safetensors")));
        Assert.All(silos, s => Assert.True(s.HasExited));
    }

    [Fact]
    public async Task A_terminal_that_is_gone_keeps_the_weights()
    {
        // Where results are already on their way, the folder is the job's.
        var output = Directory.CreateDirectory(Path.Combine(_folder, "out")).FullName;
        using var watcher = new FileSystemWatcher(output, ".granary-run");
        var begun = new TaskCompletionSource();
        watcher.Created += (_, _) => begun.TrySetResult();
        watcher.Renamed += (_, _) => begun.TrySetResult();
        watcher.EnableRaisingEvents = true;

        // `script` has a terminal of its own, which goes with it.
        var info = new ProcessStartInfo("script", ["-qec", $"exec dotnet {CommandLine.Program} train {Digits} --silos 1 --output out --set training.epochs=100000", "/dev/null"])
        {
            WorkingDirectory = _folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        using var terminal = Process.Start(info)!;
        var shown = terminal.StandardOutput.ReadToEndAsync();
        await begun.Task.WaitAsync(TimeSpan.FromMinutes(3));
        using var train = Process.GetProcessById(int.Parse(File.ReadAllText($"/proc/{terminal.Id}/task/{terminal.Id}/children"), System.Globalization.CultureInfo.InvariantCulture));
        terminal.Kill();
        await train.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(3));
        Assert.True(File.Exists(Path.Combine(output, "model.safetensors")), await shown);
    }

    [Fact]
    public async Task A_second_ctrl_c_does_not_wait()
    {
        using var train = new CommandLine(_folder, "train", Digits, "--silos", "1", "--set", "training.epochs=100000");
        train.WaitFor("epoch ");
        var silos = train.Children();
        foreach (var silo in silos)
        {
            CommandLine.Kill("STOP", $"{silo.Id}"); // the job cannot be cancelled gracefully
        }

        train.PressCtrlC();
        train.WaitFor("interrupted: ");
        train.PressCtrlC();
        Assert.Equal(130, await train.Exit());
        Assert.Contains("the weights were not written in time", train.Errors);
        Assert.All(silos, s => Assert.True(s.HasExited));
    }

    [Fact]
    public async Task A_job_whose_silos_are_all_killed_goes_on_with_new_ones_to_the_same_weights()
    {
        using var alone = await CommandLine.Run(_folder, "train", Digits, "--silos", "1", "--json", "--set", "training.epochs=100");
        await alone.Succeeds();
        using var train = new CommandLine(_folder, "train", Digits, "--silos", "2", "--json", "--set", "training.epochs=100");
        train.WaitFor("epoch ");
        foreach (var silo in train.Children())
        {
            CommandLine.Kill("KILL", $"{silo.Id}");
        }

        await train.Succeeds();
        Assert.Matches(@"silo silo-1 \(pid \d+\) ended with code 137; starting it again in", train.Errors);
        Assert.Equal(alone.Json.GetProperty("weightsSha256").GetString(), train.Json.GetProperty("weightsSha256").GetString());
        CommandLine.HasNoStack(train);
    }

    [Fact]
    public async Task Silos_that_take_no_part_are_named_with_the_reason()
    {
        using var train = await CommandLine.Run(_folder, "train", Digits, "--silos", "2", "--output", "out", "--set", "data.shards=1", "training.epochs=1");
        await train.Succeeds();
        Assert.Contains("without silo-2: there was no shard left for it", train.Output + train.Errors);
        using var summary = System.Text.Json.JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(_folder, "out", "summary.json")));
        var absent = Assert.Single(summary.RootElement.GetProperty("absentSilos").EnumerateArray());
        Assert.Equal("silo-2", absent.GetProperty("silo").GetString());
        Assert.Equal("there was no shard left for it", absent.GetProperty("why").GetString());
    }

    [Fact]
    public async Task A_data_error_found_by_the_check_leaves_no_silo_and_no_home()
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, "points.csv"), "x,y,label\n1,2,a\n3,oops,b\n");
        await File.WriteAllTextAsync(Path.Combine(_folder, "points.yaml"), """
            version: 1
            name: points
            model: { kind: softmax }
            data: { format: csv, path: points.csv, label: label, shards: 1 }
            training: { epochs: 1, batch: 1 }
            """);
        var temporary = Directory.CreateDirectory(Path.Combine(_folder, "tmp")).FullName;
        using var train = new CommandLine(_folder, [("TMPDIR", temporary)], ["train", "points.yaml", "--output", "out"]);
        Assert.Equal(2, await train.Exit());
        Assert.Contains("points.csv:3: ", CommandLine.OneError(train.Errors));
        Assert.Contains("oops", CommandLine.OneError(train.Errors));
        Assert.Empty(Directory.GetDirectories(temporary, "granary-*"));
        Assert.DoesNotContain(Process.GetProcesses(), p => Told(p).Contains(temporary, StringComparison.Ordinal));
        Assert.False(Directory.Exists(Path.Combine(_folder, "out")));
    }

    // What a process was started with; nothing of one that has just ended.
    private static string Told(Process process)
    {
        try
        {
            return File.ReadAllText($"/proc/{process.Id}/cmdline");
        }
        catch (IOException)
        {
            return "";
        }
    }

    [Theory]
    [InlineData("granary --help")]
    [InlineData("'bogus'", "bogus")]
    [InlineData("granary train --help", "train")]
    [InlineData("'many'", "train", "job.yaml", "--silos", "many")]
    [InlineData("--silos is 0", "train", "job.yaml", "--silos", "0")]
    [InlineData("'--sillos'", "up", "--sillos", "2")]
    public async Task Wrong_usage_ends_with_code_2_and_one_message(string message, params string[] arguments)
    {
        using var command = await CommandLine.Run(_folder, arguments);
        Assert.Equal(2, await command.Exit());
        Assert.StartsWith("granary: ", command.Errors);
        Assert.Contains(message, command.Errors);
        Assert.Empty(command.Output);
    }

    [Theory]
    [InlineData("check", "--json", "--set", "data.shards=3", "training.batch=100", Job)]
    [InlineData("check", Job, "--set", "data.shards=3", "training.batch=100", "--json")]
    [InlineData("check", "--set", "data.shards=3", Job, "--set", "training.batch=100", "--json")]
    public async Task Several_pairs_may_follow_one_set(params string[] arguments)
    {
        using var check = await CommandLine.Run(_folder, [.. arguments.Select(a => a == Job ? Digits : a)]);
        Assert.Equal(0, await check.Exit());
        Assert.Equal(3, check.Json.GetProperty("shards").GetInt32());
        Assert.Equal(15, check.Json.GetProperty("stepsPerEpoch").GetInt32()); // 1438 examples, 100 a step
    }

    [Fact]
    public async Task Silos_do_not_outlive_a_killed_client_and_remove_what_it_leaves()
    {
        var temporary = Directory.CreateDirectory(Path.Combine(_folder, "tmp")).FullName;
        using var train = new CommandLine(_folder, [("TMPDIR", temporary)], ["train", Digits, "--set", "training.epochs=100000"]);
        train.WaitFor("epoch ");
        var silos = train.Children();
        Assert.Equal(2, silos.Length);
        Assert.Single(Directory.GetDirectories(temporary, "granary-*"));
        train.Signal("KILL");
        await train.Exit();
        await Task.WhenAll(silos.Select(s => s.WaitForExitAsync())).WaitAsync(TimeSpan.FromMinutes(2));
        Assert.Empty(Directory.GetDirectories(temporary, "granary-*"));
    }

    [Theory]
    [InlineData("training.epoch=3", "did you mean training.epochs?")]
    [InlineData("data.path=nowhere.csv", "there is no file")]
    [InlineData("training.batch=100000", "but there are only 1438 training examples")]
    [InlineData("data.shards=5000", "Set data.shards to 1797 or less")]
    [InlineData("data.label=labell", "there is no column 'labell'")]
    public async Task Bad_input_ends_with_code_2_and_one_message(string set, string message)
    {
        using var train = await CommandLine.Run(_folder, "train", Digits, "--json", "--set", set);
        Assert.Equal(2, await train.Exit());
        Assert.Contains(message, CommandLine.OneError(train.Errors));
        Assert.Empty(train.Output);
    }

    [Fact]
    public async Task A_diverging_job_ends_with_code_1_and_its_cause()
    {
        using var train = await CommandLine.Run(_folder, "train", Digits, "--silos", "1", "--json", "--set", "training.optimizer.learningRate=1e30");
        Assert.Equal(1, await train.Exit());
        Assert.Equal("failed", train.Json.GetProperty("state").GetString());
        Assert.Matches(@"step \d+, (shard \d+|the sum over 8 shards): the (loss|gradient) became", train.Json.GetProperty("failure").GetString());
        Assert.True(File.Exists(Path.Combine(train.Json.GetProperty("output").GetString()!, "model.safetensors")));
    }

    [Fact]
    public async Task Cuda_where_there_is_none_is_refused_at_the_start()
    {
        using var silo = await CommandLine.Run(_folder, "silo", "--home", "h", "--device", "cuda:7");
        Assert.Equal(2, await silo.Exit());
        Assert.Contains("--device is cuda:7, but", silo.Errors);
    }
}
