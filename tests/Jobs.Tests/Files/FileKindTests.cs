using System.Diagnostics;
using System.Net.Sockets;

namespace Granary.Jobs.Tests;

public sealed class FileKindTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string this[string name] => Path.Combine(_folder, name);

    private string Pipe(string name)
    {
        using var make = Process.Start("mkfifo", this[name]);
        make.WaitForExit();
        return this[name];
    }

    [Fact]
    public void Kinds_are_told_through_links_and_without_opening_anything()
    {
        File.WriteAllText(this["f"], "x");
        File.CreateSymbolicLink(this["to-f"], this["f"]);
        File.CreateSymbolicLink(this["to-nothing"], this["none"]);
        File.CreateSymbolicLink(this["to-pipe"], Pipe("p"));
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(this["s"]));
        Assert.Equal(
            [FileKind.File, FileKind.File, FileKind.Folder, FileKind.Pipe, FileKind.Pipe, FileKind.Socket, FileKind.Device, FileKind.Nothing, FileKind.Nothing],
            new[] { this["f"], this["to-f"], _folder, this["p"], this["to-pipe"], this["s"], "/dev/null", this["none"], this["to-nothing"] }.Select(FileKinds.Of));
        Assert.Equal($"{this["s"]} is a socket, not a file.", FileKinds.Refusal(this["s"]));
        Assert.Equal("/dev/null is a device, not a file.", FileKinds.Refusal("/dev/null"));
        Assert.Null(FileKinds.Refusal(this["to-f"]));
    }

    [Theory]
    [InlineData("data.path")]
    [InlineData("data.validation.path")]
    [InlineData("model.init")]
    public void A_key_s_pipe_is_refused_in_one_line(string key)
    {
        File.WriteAllText(this["d.csv"], "a,label\n1,x\n");
        const string Text = "{version: 1, name: j, model: {kind: softmax}, data: {format: csv, path: d.csv, label: label}, training: {epochs: 1}}";
        var item = $"{key}={Pipe("p")}";
        Assert.Equal(
            $"--set {item}: {key}: {this["p"]} is a pipe, which can be read only once, but this is read several times, by several processes. Save it to a file first.",
            Assert.Throws<JobException>(() => JobFile.Parse(Text, "j.yaml", _folder, [item], _folder)).Message);
    }

    [Fact]
    public void A_job_file_is_a_file()
    {
        string Error(string path) => Assert.Throws<JobException>(() => JobFile.Load(path, [], "/")).Message;
        Assert.StartsWith($"{Pipe("p")}: this is a pipe, which can be read only once, but several processes read the job file.", Error(this["p"]));
        Assert.Equal("/dev/null: this is a device, not a job file.", Error("/dev/null"));
        Assert.Equal($"{_folder}: this is a folder, not a job file.", Error(_folder));
    }
}
