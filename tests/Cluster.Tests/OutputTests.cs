using Granary.Client;
using Granary.Tests;

namespace Granary.Cluster.Tests;

/// <summary>A model to be used, made once.</summary>
public sealed class SmallModel : IAsyncLifetime
{
    public string Folder { get; } = Directory.CreateTempSubdirectory("granary-test-").FullName;

    public async ValueTask InitializeAsync()
    {
        using var train = await CommandLine.Run(Folder, "train", Path.Combine(CommandLine.Examples, "iris-softmax.yaml"), "--silos", "1", "--output", "iris", "--set", "training.epochs=1");
        await train.Succeeds();
    }

    public ValueTask DisposeAsync()
    {
        Directory.Delete(Folder, recursive: true);
        return ValueTask.CompletedTask;
    }
}

/// <summary>Every command that writes where its user says, to every kind of place: what was there before is there afterwards.</summary>
public sealed class OutputTests : IClassFixture<SmallModel>, IDisposable
{
    private const string Predict = "predict";
    private const string Export = "export";
    private const string Train = "train";
    private const string Up = "up";

    private readonly string _folder = Directory.CreateTempSubdirectory("granary-test-").FullName;
    private readonly string _model;

    public OutputTests(SmallModel model)
    {
        _model = model.Folder;
        File.Copy(Path.Combine(CommandLine.Examples, "data", "iris.csv"), At("in.csv"));
        Directory.CreateDirectory(At("m"));
        File.Copy(Path.Combine(_model, "iris", "model.safetensors"), At("m/model.safetensors"));
        File.WriteAllText(At("mine.csv"), "mine");
        Directory.CreateDirectory(At("mine/state"));
        File.WriteAllText(At("mine/state/important.txt"), "mine");
        File.WriteAllText(At("mine/job.yaml"), "mine");
        File.CreateSymbolicLink(At("link.csv"), "mine.csv");
        Directory.CreateSymbolicLink(At("link"), "m");
        Listing.Make(_folder, "mkfifo", "pipe");
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string At(string name) => Path.Combine(_folder, name);

    private string[] Command(string command, string output) => command switch
    {
        Predict => [Predict, "m", "--input", "in.csv", "--output", output],
        Export => [Export, "m", "--output", output],
        Train => [Train, Path.Combine(CommandLine.Examples, "iris-softmax.yaml"), "--silos", "1", "--output", output],
        _ => [Up, "--silos", "1", "--home", output],
    };

    // The command line's temporary files and its home lie elsewhere: whatever is in the folder is its user's.
    private async Task<(int Code, string Errors)> Run(string[] arguments)
    {
        var elsewhere = Directory.CreateTempSubdirectory("granary-test-");
        try
        {
            using var command = new CommandLine(_folder, [("TMPDIR", elsewhere.FullName), ("GRANARY_HOME", elsewhere.FullName), ("DOTNET_EnableDiagnostics", "0")], arguments);
            var code = await command.Exit();
            Assert.Empty(elsewhere.GetFileSystemInfos()); // nor was anything left there
            return (code, command.Errors);
        }
        finally
        {
            elsewhere.Delete(recursive: true);
        }
    }

    private async Task IsRefused(string command, string output, string message, params string[] more)
    {
        var before = Listing.Of(_folder);
        var (code, errors) = await Run([.. Command(command, output), .. more]);
        Assert.Equal(2, code);
        Assert.Contains(message, errors);
        Assert.Single(errors.Trim().Split('\n'));
        Assert.Equal(before, Listing.Of(_folder));
    }

    [Fact]
    public void There_are_no_other_commands_with_an_output()
    {
        var commands = Path.Combine(CommandLine.Examples, "..", "src", "Client", "Commands");
        Assert.Equal(
            ["ExportCommand.cs", "PredictCommand.cs", "TrainCommand.cs"],
            Directory.GetFiles(commands).Where(f => File.ReadAllText(f).Contains("\"--output\"", StringComparison.Ordinal)).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(Predict, "mine.csv", "say --overwrite")]
    [InlineData(Predict, "link.csv", "say --overwrite")]
    [InlineData(Predict, "in.csv", "the file that is read, and would be lost")]
    [InlineData(Predict, "link/model.safetensors", "the file that is read, and would be lost")]
    [InlineData(Predict, "mine", "is a folder")]
    [InlineData(Predict, "nowhere/out.csv", "there is no such folder")]
    [InlineData(Export, "mine.csv", "say --overwrite")]
    [InlineData(Export, "m/model.safetensors", "the file that is read, and would be lost")]
    [InlineData(Export, "link/model.safetensors", "the file that is read, and would be lost")]
    [InlineData(Export, "mine", "is a folder")]
    [InlineData(Train, "mine", "say --overwrite")]
    [InlineData(Train, "m", "say --overwrite")]
    [InlineData(Train, "link", "say --overwrite")]
    [InlineData(Train, "mine.csv", "this is no folder")]
    [InlineData(Train, "mine.csv/out", "the folder cannot be made")]
    [InlineData(Train, "pipe", "this is no folder")]
    [InlineData(Train, "/dev/null", "this is no folder")]
    [InlineData(Train, "/proc/nope/x", "the folder cannot be made")]
    [InlineData(Train, ".", "say --overwrite")]
    [InlineData(Up, "mine", "name another folder as --home")]
    [InlineData(Up, "mine.csv", "the cluster's home (--home, GRANARY_HOME) cannot be used")]
    public Task What_is_there_is_refused_at_once_and_stays(string command, string output, string message) => IsRefused(command, output, message);

    [Theory]
    [InlineData(Predict, "in.csv")]
    [InlineData(Export, "link/model.safetensors")]
    public Task Not_even_overwrite_loses_what_is_read(string command, string output) =>
        IsRefused(command, output, "the file that is read, and would be lost", "--overwrite");

    // However the input is named: by its folder, by a pattern, or by a shell.
    [Theory]
    [InlineData("tables", "tables/b.csv")]
    [InlineData("tables/*.csv", "tables/b.csv")]
    [InlineData("-", "in.csv")]
    [InlineData("/dev/stdin", "in.csv")]
    public async Task What_is_read_among_others_is_not_lost(string input, string output)
    {
        Directory.CreateDirectory(At("tables"));
        File.Copy(At("in.csv"), At("tables/a.csv"));
        File.Copy(At("in.csv"), At("tables/b.csv"));
        var before = Listing.Of(_folder);
        var (code, errors) = await Shell($"predict m --input '{input}' --output {output} --overwrite < in.csv");
        Assert.Equal(2, code);
        Assert.Contains("the file that is read, and would be lost", errors);
        Assert.Equal(before, Listing.Of(_folder));
    }

    [Theory]
    [InlineData("predict m --input in.csv", "/dev/stdout")]
    [InlineData("predict m --input in.csv", "-")]
    [InlineData("export m --format safetensors", "/dev/stdout")]
    [InlineData("export m --format safetensors", "-")]
    public async Task Standard_output_may_be_a_file_that_is_appended_to(string command, string output)
    {
        Assert.Equal(0, (await Shell($"{command} --output expected")).Code);
        var before = Directory.GetFileSystemEntries(_folder).Length;
        Assert.Equal(0, (await Shell($"{command} --output {output} >> mine.csv")).Code);
        byte[] expected = [.. "mine"u8, .. File.ReadAllBytes(At("expected"))];
        Assert.Equal(expected, File.ReadAllBytes(At("mine.csv")));
        Assert.Equal(before, Directory.GetFileSystemEntries(_folder).Length);
    }

    [Fact]
    public async Task A_job_that_reads_from_the_folder_that_it_would_overwrite_is_refused()
    {
        File.Copy(Path.Combine(CommandLine.Examples, "iris-softmax.yaml"), At("job.yaml"));
        File.WriteAllText(At("job.yaml"), File.ReadAllText(At("job.yaml")).Replace("data/iris.csv", "in.csv", StringComparison.Ordinal));
        var before = Listing.Of(_folder);
        var (code, errors) = await Run([Train, "job.yaml", "--silos", "1", "--output", ".", "--overwrite"]);
        Assert.Equal(2, code);
        Assert.Contains($"{At("job.yaml")} is a file that the job reads, and would be lost: name another folder.", errors);
        Assert.Equal(before, Listing.Of(_folder));
    }

    [Fact]
    public async Task A_socket_is_no_file()
    {
        using var socket = new System.Net.Sockets.Socket(System.Net.Sockets.AddressFamily.Unix, System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Unspecified);
        socket.Bind(new System.Net.Sockets.UnixDomainSocketEndPoint(At("socket")));
        await IsRefused(Predict, "socket", "socket: this is a socket: name a file.");
        await IsRefused(Export, "socket", "socket: this is a socket: name a file.");
        await IsRefused(Train, "socket", "this is no folder");
    }

    private async Task<(int Code, string Errors)> Shell(string command)
    {
        var info = new System.Diagnostics.ProcessStartInfo("sh", ["-c", $"dotnet '{CommandLine.Program}' {command}"]) { WorkingDirectory = _folder, RedirectStandardError = true };
        using var process = System.Diagnostics.Process.Start(info)!;
        var errors = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, errors);
    }

    [Theory]
    [InlineData(Predict)]
    [InlineData(Export)]
    public async Task Pipes_and_devices_are_written_to_and_links_kept(string command)
    {
        var before = Listing.Of(_folder);
        var reading = Task.Run(() => File.ReadAllBytes(At("pipe")));
        Assert.Equal((0, 0), ((await Run(Command(command, "pipe"))).Code, (await Run(Command(command, "/dev/null"))).Code));
        Assert.NotEmpty(await reading);
        Assert.Equal(before, Listing.Of(_folder));
        Assert.Equal(0, (await Run([.. Command(command, "link.csv"), "--overwrite"])).Code);
        Assert.Equal("mine.csv", new FileInfo(At("link.csv")).LinkTarget);
        Assert.Equal(await reading, await File.ReadAllBytesAsync(At("mine.csv")));
        Assert.Equal(before.Split('\n').Count(l => l.StartsWith("./", StringComparison.Ordinal)), Listing.Of(_folder).Split('\n').Count(l => l.StartsWith("./", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(Predict, "disk/out.csv")]
    [InlineData(Export, "disk/out.npz")]
    [InlineData(Train, "disk/out")]
    [InlineData(Up, "disk/home")]
    public async Task A_disk_that_is_full_or_read_only_is_named_and_stays_as_it_is(string command, string output)
    {
        using var disk = new SmallDisk(At("disk"));
        disk.Fill();
        await IsRefused(command, output, "No space left on device");
        disk.MakeReadOnly();
        await IsRefused(command, output, "Read-only file system");
    }

    [Fact]
    public async Task A_disk_that_is_full_in_the_end_costs_no_model_and_keeps_no_litter()
    {
        using var disk = new SmallDisk(At("disk"), kilobytes: 64);
        var elsewhere = Directory.CreateDirectory(At("tmp")).FullName;
        using var train = new CommandLine(
            _folder, [("TMPDIR", elsewhere)],
            ["train", Path.Combine(CommandLine.Examples, "digits-mlp.yaml"), "--silos", "1", "--json", "--output", "disk/out", "--set", "training.epochs=1", "model.hidden=[512]"]);
        Assert.Equal(1, await train.Exit());
        var (failure, output) = (train.Json.GetProperty("failure").GetString()!, train.Json.GetProperty("output").GetString()!);
        Assert.StartsWith($"{At("disk/out/model.safetensors")}: the file cannot be written: No space left on device.", failure);
        Assert.Contains($"The model was written to {output} instead.", failure);
        Assert.Equal(elsewhere, Path.GetDirectoryName(output));
        Assert.Equal([output], Directory.GetFileSystemEntries(elsewhere)); // what the silos had for themselves is gone
        Assert.Empty(Directory.GetFileSystemEntries(At("disk/out"))); // another job may have the place

        // It is a run like another: it can be used, and trained on.
        Assert.Equal(0, (await Run([Export, output, "--output", "saved.npz"])).Code);
        Assert.True(File.Exists(Path.Combine(output, "state", "state.json")));
    }

    [Fact]
    public async Task A_run_is_replaced_by_another_only_on_request()
    {
        string[] run = [.. Command(Train, "run"), "--set", "training.epochs=1"];
        Assert.Equal(0, (await Run(run)).Code);
        await IsRefused(Train, "run", "it is the output of the job iris-softmax-", "--set", "training.epochs=1");
        await File.WriteAllTextAsync(At("run/notes.txt"), "mine");
        Assert.Equal(0, (await Run([.. run, "--overwrite"])).Code);
        Assert.Equal("mine", await File.ReadAllTextAsync(At("run/notes.txt")));
    }

    [Fact]
    public async Task A_temporary_folder_that_is_not_there_is_named_with_its_variable()
    {
        using var train = new CommandLine(_folder, [("TMPDIR", "/nonexistent")], Command(Train, "out"));
        Assert.Equal(2, await train.Exit());
        Assert.Equal(
            "granary: TMPDIR is /nonexistent, where no folder can be made: there is no such file or folder. Set TMPDIR to a folder that can be written to.",
            CommandLine.OneError(train.Errors));
        Assert.False(Directory.Exists(At("out")));
    }

    [Fact]
    public void What_goes_wrong_on_this_machine_is_not_the_clusters()
    {
        foreach (var error in new Exception[] { new IOException("No space left on device : '/x'"), new UnauthorizedAccessException("Access to '/x' is denied."), new DirectoryNotFoundException("/x") })
        {
            Assert.Contains(error.Message, LocalFailure.Of(error));
        }

        Assert.NotNull(LocalFailure.Of(new System.ComponentModel.Win32Exception(2)));
        Assert.Null(LocalFailure.Of(new System.Net.Sockets.SocketException(111))); // that is the way to the cluster
        Assert.Null(LocalFailure.Of(new InvalidOperationException()));
    }

    [Fact]
    public async Task A_home_that_nobody_made_for_that_is_not_removed()
    {
        File.WriteAllText(At("mine/.granary-temporary-home"), "elsewhere");
        var before = Listing.Of(_folder);
        var (code, errors) = await Run(["silo", "--home", At("mine"), "--temporary-home", "--end-with-stdin"]);
        Assert.Equal(2, code);
        Assert.Contains("would be removed with all that is in it", errors);
        Assert.Equal(before, Listing.Of(_folder));
    }
}
