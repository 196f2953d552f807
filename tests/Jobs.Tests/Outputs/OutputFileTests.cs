using Granary.Tests;

namespace Granary.Jobs.Tests;

public sealed class OutputFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-test-").FullName;

    public OutputFileTests()
    {
        File.WriteAllText(At("in.csv"), "the input");
        File.WriteAllText(At("mine.csv"), "somebody's own");
        Directory.CreateDirectory(At("model"));
        File.WriteAllText(At("model/model.safetensors"), "weights");
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string At(string name) => Path.Combine(_folder, name);

    private void Write(string name, string text, bool overwrite = false)
    {
        using var file = new OutputFile(At(name), overwrite, At("in.csv"), At("model/model.safetensors"));
        file.Content.Write(System.Text.Encoding.UTF8.GetBytes(text));
        file.Finish();
    }

    private string Refused(string name, bool overwrite)
    {
        var before = Listing.Of(_folder);
        var message = Assert.Throws<JobException>(() => new OutputFile(At(name), overwrite, At("in.csv"), At("model/model.safetensors"))).Message;
        Assert.Equal(before, Listing.Of(_folder));
        Assert.StartsWith(At(name), message);
        return message;
    }

    [Fact]
    public void A_new_file_is_there_when_it_is_finished_and_nothing_beside_it()
    {
        var before = Directory.GetFileSystemEntries(_folder).Length;
        Write("out.csv", "result");
        Assert.Equal("result", File.ReadAllText(At("out.csv")));
        Assert.Equal(before + 1, Directory.GetFileSystemEntries(_folder).Length);
    }

    [Fact]
    public void What_is_not_finished_leaves_nothing()
    {
        var before = Listing.Of(_folder);
        foreach (var overwrite in new[] { false, true })
        {
            using var file = new OutputFile(At(overwrite ? "mine.csv" : "new.csv"), overwrite);
            file.Content.Write("half of it"u8);
        }

        Assert.Equal(before, Listing.Of(_folder));
    }

    [Theory]
    [InlineData("in.csv")]
    [InlineData("model/model.safetensors")]
    [InlineData("link.csv")]
    [InlineData("hard.csv")]
    [InlineData("folder/model.safetensors")]
    [InlineData("model/../in.csv")]
    public void A_file_that_is_read_is_refused_whatever_leads_there_and_whoever_says_overwrite(string name)
    {
        File.CreateSymbolicLink(At("link.csv"), "in.csv");
        Directory.CreateSymbolicLink(At("folder"), At("model"));
        Listing.Make(_folder, "ln", "in.csv", "hard.csv");
        foreach (var overwrite in new[] { false, true })
        {
            Assert.Contains("that is read, and would be lost: name another file", Refused(name, overwrite));
        }
    }

    [Fact]
    public void A_file_that_exists_needs_overwrite()
    {
        Assert.Contains("say --overwrite", Refused("mine.csv", overwrite: false));
        Listing.Make(_folder, "chmod", "604", "mine.csv");
        Write("mine.csv", "new", overwrite: true);
        Assert.Equal("new", File.ReadAllText(At("mine.csv")));
        Assert.Contains("./mine.csv f  604 ", Listing.Of(_folder)); // who may read it is as it was
    }

    [Theory]
    [InlineData("model", "is a folder")]
    [InlineData("nowhere/out.csv", "there is no such folder")]
    [InlineData("in.csv/out.csv", "there is no such folder")]
    public void A_place_where_no_file_can_be_is_refused(string name, string message)
    {
        foreach (var overwrite in new[] { false, true })
        {
            Assert.Contains(message, Refused(name, overwrite));
        }
    }

    [Fact]
    public void A_file_that_somebody_makes_meanwhile_stays()
    {
        using var file = new OutputFile(At("out.csv"), overwrite: false);
        file.Content.Write("ours"u8);
        File.WriteAllText(At("out.csv"), "theirs");
        var before = Listing.Of(_folder);
        Assert.Contains("say --overwrite", Assert.Throws<JobException>(file.Finish).Message);
        file.Dispose();
        Assert.Equal("theirs", File.ReadAllText(At("out.csv")));
        Assert.DoesNotContain(".tmp", Listing.Of(_folder));
    }

    [Fact]
    public void A_link_stays_a_link_and_its_target_is_written()
    {
        File.CreateSymbolicLink(At("link"), "target.csv"); // which is not there yet
        Write("link", "one");
        Assert.Equal(("target.csv", "one"), (new FileInfo(At("link")).LinkTarget, File.ReadAllText(At("target.csv"))));
        Assert.Contains("say --overwrite", Refused("link", overwrite: false));
        Write("link", "two", overwrite: true);
        Assert.Equal(("target.csv", "two"), (new FileInfo(At("link")).LinkTarget, File.ReadAllText(At("target.csv"))));
    }

    [Fact]
    public async Task A_pipe_is_written_to_as_it_is()
    {
        Listing.Make(_folder, "mkfifo", "pipe");
        var before = Listing.Of(_folder);
        var reading = Task.Run(() => File.ReadAllText(At("pipe")));
        Write("pipe", "through it");
        Assert.Equal("through it", await reading);
        Assert.Equal(before, Listing.Of(_folder));
    }

    [Fact]
    public void A_device_stays_a_device()
    {
        Listing.Make(_folder, "mknod", "nul", "c", "1", "3");
        var before = Listing.Of(_folder);
        Write("nul", "nobody reads this");
        Assert.Equal(before, Listing.Of(_folder));
        Listing.Make(_folder, "mknod", "disk", "b", "7", "240");
        Assert.Contains("this is a disk", Refused("disk", overwrite: true));
    }

    [Fact]
    public void A_full_disk_and_a_read_only_one_are_named_and_keep_no_litter()
    {
        using var disk = new SmallDisk(At("disk"));
        var before = Listing.Of(At("disk"));
        var full = Assert.Throws<JobException>(() => Write("disk/out.csv", new string('x', 1 << 20))).Message;
        Assert.Equal($"{At("disk/out.csv")}: the file cannot be written: No space left on device.", full);
        Assert.Equal(before, Listing.Of(At("disk")));
        Assert.Equal("/dev/full: it cannot be written to: No space left on device.", Assert.Throws<JobException>(() => Write("/dev/full", "x")).Message);
        disk.MakeReadOnly();
        Assert.Contains("Read-only file system", Refused("disk/out.csv", overwrite: false));
    }

    [Fact]
    public void What_goes_wrong_with_an_input_is_not_told_of_the_output()
    {
        using var file = new OutputFile(At("out.csv"), overwrite: false);
        Assert.IsType<FileNotFoundException>(Record.Exception(() => File.OpenRead(At("none.csv")).CopyTo(file.Content)));
    }
}
