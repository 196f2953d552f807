using Granary.Jobs;
using Granary.Sdk.Connecting;

namespace Granary.Sdk.Tests.Connecting;

[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class ContextFileTests : IDisposable
{
    private const UnixFileMode OwnerAlone = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly string _folder = Directory.CreateTempSubdirectory("granary-test-").FullName;

    private ContextFile File1 => new(Path.Combine(_folder, "config", "contexts.json"));

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static ClusterContext At(string url, string? token = "granary_secret") => new(new Uri(url), token, null);

    [Fact]
    public void Contexts_are_kept_chosen_and_forgotten()
    {
        Assert.Null(File1.Current());
        File1.Put("one", At("https://one.example"));
        File1.Put("two", new ClusterContext(new Uri("https://two.example:8443"), null, "/ca.pem"));
        Assert.Equal("two", File1.Read().Current);
        Assert.Equal(("https://two.example:8443", null, "/ca.pem"), (File1.Current()!.Cluster().ToString(), File1.Current()!.Cluster().Token, File1.Current()!.Cluster().Authority));
        File1.Use("one");
        Assert.Equal("granary_secret", File1.Current()!.Token);
        File1.Use(ContextFile.Local);
        Assert.Null(File1.Current());
        File1.Use("two");
        File1.Remove("two");
        Assert.Null(File1.Current()); // and not another one
        Assert.Equal(["one"], File1.Read().Contexts.Keys);
        Assert.Contains("Known: one, local", Assert.Throws<JobException>(() => File1.Use("two")).Message);
        Assert.Throws<JobException>(() => File1.Remove("two"));
        Assert.Throws<JobException>(() => File1.Get("two"));
    }

    [Fact]
    public void Nobody_else_can_read_the_file()
    {
        File1.Put("one", At("https://one.example"));
        Assert.Equal(OwnerAlone, File.GetUnixFileMode(File1.File));
        Assert.Equal(OwnerAlone | UnixFileMode.UserExecute, File.GetUnixFileMode(Path.GetDirectoryName(File1.File)!));
        File.SetUnixFileMode(File1.File, OwnerAlone | UnixFileMode.GroupRead);
        Assert.Contains("chmod 600", Assert.Throws<JobException>(() => File1.Read()).Message);
        File.SetUnixFileMode(File1.File, OwnerAlone);
        File1.Put("two", At("https://two.example"));
        Assert.Equal(OwnerAlone, File.GetUnixFileMode(File1.File));
        Assert.Equal(File1.File, Assert.Single(Directory.GetFiles(Path.GetDirectoryName(File1.File)!)));
    }

    [Theory]
    [InlineData("local")]
    [InlineData("")]
    [InlineData("a/b")]
    [InlineData("a b")]
    public void A_name_that_cannot_be_one_is_refused(string name) => Assert.Throws<JobException>(() => File1.Put(name, At("https://one.example")));

    [Theory]
    [InlineData("")]
    [InlineData("nothing")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    public void A_damaged_file_is_refused_with_the_remedy(string text)
    {
        File1.Put("one", At("https://one.example"));
        File.WriteAllText(File1.File, text);
        Assert.Contains("Remove the file, and log in again.", Assert.Throws<JobException>(() => File1.Read()).Message);
    }

    [Theory]
    [InlineData("https://granary.example", true)]
    [InlineData("http://127.0.0.1:8080/", true)]
    [InlineData("https://[::1]:8443", true)]
    [InlineData("granary.example", false)]
    [InlineData("ftp://granary.example", false)]
    [InlineData("https://granary.example/jobs", false)]
    [InlineData("https://granary.example/?a=b", false)]
    [InlineData("https://me:word@granary.example", false)]
    [InlineData("", false)]
    public void An_address_is_protocol_host_and_port(string text, bool isOne)
    {
        if (isOne)
        {
            Assert.Equal(new Uri(text), RemoteCluster.Parse(text, "--url"));
        }
        else
        {
            Assert.StartsWith("--url is '", Assert.Throws<JobException>(() => RemoteCluster.Parse(text, "--url")).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_token_stands_in_no_message()
    {
        Assert.DoesNotContain("granary_secret", At("https://one.example").ToString());
        Assert.DoesNotContain("granary_secret", At("https://one.example").Cluster().ToString());
    }
}
