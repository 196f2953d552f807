using Granary.Tests;

namespace Granary.Jobs.Tests;

public sealed class RunFolderTests : IDisposable
{
    private const string Job = "digits-1a2b3c";

    private readonly string _folder = Directory.CreateTempSubdirectory("granary-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string At(string name) => Path.Combine(_folder, name);

    private RunFolder Folder(string name, string job = Job) => new(At(name), job);

    // Whatever is refused is refused at once, and leaves everything as it was.
    private string Refused(string name, bool overwrite = false, string? continues = null)
    {
        var before = Listing.Of(_folder);
        var message = Assert.Throws<JobException>(() => Folder(name).Try(overwrite, continues)).Message;
        Assert.Equal(message, Assert.Throws<JobException>(() => Folder(name).Take(overwrite, continues)).Message);
        Assert.Equal(before, Listing.Of(_folder));
        Assert.StartsWith(At(name), message);
        return message;
    }

    private string FolderOf(string name, string other)
    {
        Folder(name, other).Take(overwrite: false, continues: null);
        File.WriteAllText(At($"{name}/summary.json"), $$"""{ "job": "{{other}}" }""");
        Folder(name, other).Settle();
        return At(name);
    }

    [Theory]
    [InlineData("new")]
    [InlineData("deep/down/new")]
    [InlineData("empty")]
    public void A_new_folder_is_tried_without_a_trace_and_taken_for_good(string name)
    {
        Directory.CreateDirectory(At("empty"));
        var before = Listing.Of(_folder);
        Folder(name).Try(overwrite: false, continues: null);
        Assert.Equal(before, Listing.Of(_folder));
        for (var i = 0; i < 2; i++) // a job that has been recovered takes it again
        {
            Folder(name).Take(overwrite: false, continues: null);
            Assert.Equal([RunFolder.Owner], Directory.GetFileSystemEntries(At(name)).Select(Path.GetFileName));
        }
    }

    [Fact]
    public void Somebodys_folder_is_refused_unless_it_may_be_overwritten()
    {
        Directory.CreateDirectory(At("mine/state"));
        File.WriteAllText(At("mine/state/important.txt"), "mine");
        Assert.Contains("it is not empty (state): name another folder, or say --overwrite", Refused("mine"));
        Folder("mine").Take(overwrite: true, continues: null);
        Assert.Equal("mine", File.ReadAllText(At("mine/state/important.txt")));
    }

    [Fact]
    public void Another_runs_folder_is_refused_unless_the_job_goes_on_from_it()
    {
        var run = FolderOf("run", "iris-ffffff");
        Assert.Contains("it is the output of the job iris-ffffff: name another folder", Refused("run"));
        Assert.Contains("it is the output of the job iris-ffffff", Refused("run", continues: FolderOf("other", "iris-eeeeee")));
        Directory.CreateSymbolicLink(At("link"), run);
        Folder("run").Try(overwrite: false, continues: At("link"));
        Folder("run").Take(overwrite: false, continues: At("link"));
        Folder("run").MakeSure(overwrite: false, continues: null);
    }

    [Fact]
    public void A_folder_that_another_job_is_about_to_write_to_is_refused()
    {
        Folder("run", "iris-ffffff").Take(overwrite: false, continues: null);
        Assert.Contains("it is the output of the job iris-ffffff", Refused("run"));
    }

    [Fact]
    public void A_folder_that_a_job_gives_back_without_results_is_free()
    {
        Folder("run", "iris-ffffff").Take(overwrite: false, continues: null);
        Folder("run").GiveBack(); // it is not this job's
        Assert.Contains("it is the output of the job iris-ffffff", Refused("run"));
        Folder("run", "iris-ffffff").GiveBack();
        Folder("run").Take(overwrite: false, continues: null);
        File.WriteAllText(At("run/model.safetensors"), "weights");
        Folder("run").GiveBack(); // there is a result
        Assert.Contains("it is the output of the job", Assert.Throws<JobException>(() => Folder("run", "iris-ffffff").Try(overwrite: false, continues: null)).Message);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_folder_given_back_without_results_is_again_that_of_the_job_before(bool overwrite)
    {
        var run = FolderOf("run", "iris-ffffff");
        File.WriteAllText(At("run/model.safetensors"), "weights");
        File.SetLastWriteTimeUtc(At("run/model.safetensors"), DateTime.UtcNow.AddMinutes(-1));
        var before = Listing.Of(_folder);
        Folder("run").Take(overwrite, overwrite ? null : run);
        Folder("run").GiveBack();
        Assert.Equal(before, Listing.Of(_folder));
        Assert.Contains("it is the output of the job iris-ffffff", Refused("run"));
        Folder("run").Take(overwrite, overwrite ? null : run);
        File.WriteAllText(At("run/model.safetensors"), "other weights"); // and then the disk was full
        Folder("run").GiveBack();
        Assert.Contains("it is the output of the job digits-1a2b3c", Assert.Throws<JobException>(() => Folder("run", "iris-eeeeee").Try(overwrite: false, continues: null)).Message);
    }

    [Fact]
    public void Before_it_is_written_to_it_must_still_be_the_jobs()
    {
        Folder("run").Take(overwrite: false, continues: null);
        Directory.Delete(At("run"), recursive: true);
        Folder("run").MakeSure(overwrite: false, continues: null); // made again
        Assert.True(File.Exists(At("run/" + RunFolder.Owner)));
        Folder("run", "iris-ffffff").Take(overwrite: true, continues: null);
        Assert.Contains("iris-ffffff", Assert.Throws<JobException>(() => Folder("run").MakeSure(overwrite: false, continues: null)).Message);
        Directory.Delete(At("run"), recursive: true);
        Directory.CreateDirectory(At("run"));
        File.WriteAllText(At("run/mine.txt"), "mine");
        Assert.Contains("not empty", Assert.Throws<JobException>(() => Folder("run").MakeSure(overwrite: false, continues: null)).Message);
        Folder("run").MakeSure(overwrite: true, continues: null); // as it was allowed to take it
        Assert.True(File.Exists(At("run/" + RunFolder.Owner)));
        Assert.Equal("mine", File.ReadAllText(At("run/mine.txt")));
    }

    [Theory]
    [InlineData("file")]
    [InlineData("file/below")]
    [InlineData("pipe")]
    [InlineData("link")]
    public void What_cannot_be_a_folder_is_refused(string name)
    {
        File.WriteAllText(At("file"), "mine");
        Listing.Make(_folder, "mkfifo", "pipe");
        File.CreateSymbolicLink(At("link"), "file");
        Refused(name);
        Refused(name, overwrite: true);
    }

    [Fact]
    public void Not_even_an_overwritten_folder_loses_what_no_run_writes()
    {
        Directory.CreateDirectory(At("a/model.safetensors"));
        Assert.Contains("this is a folder", Refused("a", overwrite: true));
        Directory.CreateDirectory(At("b"));
        File.WriteAllText(At("b/state"), "mine");
        Assert.Contains("this is a file", Refused("b", overwrite: true));
    }

    [Fact]
    public void A_folder_that_cannot_be_written_to_is_found_out_at_once()
    {
        Assert.Contains("the folder cannot be made", Assert.Throws<JobException>(() => new RunFolder("/proc/nope/x", Job).Try(false, null)).Message);
        using var disk = new SmallDisk(At("disk"));
        Directory.CreateDirectory(At("disk/empty"));
        disk.Fill();
        Assert.Contains("No space left on device", Assert.Throws<JobException>(() => Folder("disk/empty").Try(false, null)).Message);
        disk.MakeReadOnly();
        Assert.Contains("Read-only file system", Refused("disk/empty"));
        Assert.Contains("Read-only file system", Refused("disk/new"));
    }
}
