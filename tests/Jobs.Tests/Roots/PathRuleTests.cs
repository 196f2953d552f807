using System.Diagnostics;

namespace Granary.Jobs.Tests.Roots;

/// <summary>What is outside of the roots is not read and not written, however it is named.</summary>
public sealed class PathRuleTests : IDisposable
{
    private readonly string _folder = RealPath.Of(Directory.CreateTempSubdirectory("granary-test-").FullName)!;
    private readonly PathRule _rule;

    public PathRuleTests()
    {
        Write("root/in.csv");
        Write("root/deep/er/in.csv");
        Write("second/in.csv");
        Write("output/left.csv");
        Write("secret.csv");
        Write("outside/secret.csv");
        Write("root-beside/secret.csv");
        Link("root/to-in.csv", "in.csv");
        Link("root/to-second.csv", Full("second/in.csv"));
        Link("root/to-secret.csv", Full("secret.csv"));
        Link("root/relative.csv", "../secret.csv");
        Link("root/chain.csv", "relative.csv");
        Link("root/circle.csv", "circle.csv");
        Link("root/out", Full("outside"));
        Link("root/up", "..");
        Link("root/dev", "/dev");
        Link("root/proc", "/proc/self/root");
        Link("root/to-nothing.csv", Full("nothing.csv"));
        Link("way-in", Full("root"));
        _rule = new PathRule([Full("root"), Full("second")], Full("output"));
    }

    private string Full(string path) => Path.Combine(_folder, path);

    private void Write(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Full(path))!);
        File.WriteAllText(Full(path), "a,label\n1,x\n");
    }

    private void Link(string path, string target) => File.CreateSymbolicLink(Full(path), target);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("root/in.csv")]
    [InlineData("root/deep/er/in.csv")]
    [InlineData("root/deep/../in.csv")]
    [InlineData("root/./in.csv")]
    [InlineData("root//in.csv")]
    [InlineData("second/in.csv")]
    [InlineData("output/left.csv")]
    [InlineData("root/to-in.csv")]
    [InlineData("root/to-second.csv")]
    [InlineData("way-in/in.csv")]
    public void What_is_inside_is_read(string path)
    {
        Assert.Null(_rule.ReadRefusal(Full(path)));
        using var file = _rule.OpenRead(Full(path));
        Assert.Equal('a', file.ReadByte());
    }

    [Theory]
    [InlineData("secret.csv")]
    [InlineData("root/../secret.csv")]
    [InlineData("root/deep/../../secret.csv")]
    [InlineData("root-beside/secret.csv")]
    [InlineData("root/to-secret.csv")]
    [InlineData("root/relative.csv")]
    [InlineData("root/chain.csv")]
    [InlineData("root/circle.csv")]
    [InlineData("root/out/secret.csv")]
    [InlineData("root/up/secret.csv")]
    [InlineData("root/up/root/up/secret.csv")]
    [InlineData("root/out/../secret.csv")]
    [InlineData("root/to-nothing.csv")]
    [InlineData("nothing.csv")]
    [InlineData("root/dev/stdin")]
    [InlineData("root/dev/null")]
    [InlineData("root/proc/etc/passwd")]
    [InlineData("/etc/passwd")]
    [InlineData("/proc/self/environ")]
    [InlineData("/proc/self/root/etc/passwd")]
    [InlineData("/dev/stdin")]
    [InlineData("/dev/zero")]
    [InlineData("/sys/kernel/notes")]
    [InlineData("/")]
    [InlineData("")]
    public void What_is_outside_is_not(string path)
    {
        var full = path.Length == 0 ? _folder : Full(path);
        Assert.Contains("is under no data root", _rule.ReadRefusal(full));
        Assert.Contains("is under no data root", Assert.Throws<JobException>(() => _rule.OpenRead(full)).Message);
    }

    // The file system's own name of an inside file, under a name that the system alone gives.
    [Fact]
    public void A_name_of_the_system_is_refused_wherever_it_leads()
    {
        using var open = File.OpenRead(Full("root/in.csv"));
        var name = FormattableString.Invariant($"/proc/self/fd/{open.SafeFileHandle.DangerousGetHandle()}");
        Assert.NotNull(_rule.ReadRefusal(name));
        Assert.NotNull(new PathRule(["/"], null).ReadRefusal(name));
        Assert.NotNull(new PathRule(["/"], null).ReadRefusal("/dev/null"));
        Assert.Null(new PathRule(["/"], null).ReadRefusal(Full("secret.csv")));
    }

    [Fact]
    public void The_same_is_said_of_what_is_there_and_of_what_is_not()
    {
        static string Without(string? refusal, string path) => refusal!.Replace(path, "", StringComparison.Ordinal);
        Assert.Equal(Without(_rule.ReadRefusal(Full("secret.csv")), Full("secret.csv")), Without(_rule.ReadRefusal(Full("nothing.csv")), Full("nothing.csv")));
    }

    [Fact]
    public void Pipes_and_folders_are_not_opened()
    {
        using var made = Process.Start("mkfifo", Full("root/pipe"));
        made.WaitForExit();
        Assert.Contains("is a pipe", Assert.Throws<JobException>(() => _rule.OpenRead(Full("root/pipe"))).Message); // opening it would wait for ever
        Assert.Contains("is a folder", Assert.Throws<JobException>(() => _rule.OpenRead(Full("root/deep"))).Message);
    }

    // A link that is turned between the look and the opening: what is open counts.
    [Fact]
    public async Task A_link_that_is_turned_all_the_time_never_leads_outside()
    {
        Write("root/flip-in");
        File.WriteAllText(Full("outside/flip"), "secret");
        var end = false;
        var turning = Task.Run(() =>
        {
            for (var i = 0; !Volatile.Read(ref end); i++)
            {
                File.CreateSymbolicLink(Full("root/next"), i % 2 == 0 ? Full("outside/flip") : Full("root/flip-in"));
                File.Move(Full("root/next"), Full("root/flip"), overwrite: true);
            }
        });
        var (read, refused) = (0, 0);
        while (read < 200 || refused < 200)
        {
            try
            {
                using var reader = new StreamReader(_rule.OpenRead(Full("root/flip")));
                Assert.StartsWith("a,label", await reader.ReadToEndAsync(), StringComparison.Ordinal);
                read++;
            }
            catch (JobException)
            {
                refused++;
            }
            catch (FileNotFoundException)
            {
                // Not made yet.
            }
        }

        Volatile.Write(ref end, true);
        await turning;
    }

    [Theory]
    [InlineData("output", true)]
    [InlineData("output/new/er", true)]
    [InlineData("output/../output/new", true)]
    [InlineData("output/..", false)]
    [InlineData("output/../root/new", false)]
    [InlineData("output-beside", false)]
    [InlineData("root", false)]
    [InlineData("output/out/new", false)]
    [InlineData("/dev/shm/new", false)]
    public void Jobs_write_below_the_output_root_alone(string path, bool may)
    {
        Link("output/out", Full("outside"));
        Assert.Equal(may, _rule.WriteRefusal(Full(path)) is null);
    }

    // The key of a silo's home makes operators, and homes lie below roots.
    [Theory]
    [InlineData("root/operator.key", false)]
    [InlineData("root/operator.key.ab12.tmp", false)] // while it is written
    [InlineData("root/to-key", false)]
    [InlineData("root/audit", false)]
    [InlineData("root/audit/one.jsonl", false)]
    [InlineData("root/x/../audit/one.jsonl", false)]
    [InlineData("root/audits.csv", true)]
    [InlineData("root/in.csv", true)]
    public void What_is_a_silo_s_own_no_job_reads_or_writes_whatever_the_roots(string path, bool may)
    {
        Write("root/operator.key");
        Write("root/operator.key.ab12.tmp");
        Write("root/audit/one.jsonl");
        Write("root/audits.csv");
        Directory.CreateDirectory(Full("root/x"));
        Link("root/to-key", "operator.key");
        string[] own = [Full("root/operator.key"), Full("root/audit") + "/"];
        foreach (var rule in new[] { new PathRule([Full("root")], null, own), new PathRule(null, null, own) })
        {
            Assert.Equal(may, rule.ReadRefusal(Full(path)) is null);
            Assert.Equal(may, rule.WriteRefusal(Full(path)) is null);
            if (!may && File.Exists(Full(path)))
            {
                Assert.Contains("is the silo's own", Assert.Throws<JobException>(() => rule.OpenRead(Full(path))).Message);
            }
        }
    }

    [Fact]
    public void Without_roots_everything_is_as_it_was()
    {
        var none = new PathRule(null, null);
        Assert.Null(none.ReadRefusal("/etc/passwd"));
        Assert.Null(none.WriteRefusal("/anywhere"));
        using var file = none.OpenRead(Full("root/to-secret.csv"));
        Assert.Contains("and the silos have none", new PathRule([], null).ReadRefusal(Full("root/in.csv")));
    }
}
