using System.Diagnostics;
using Granary.Sdk.Local;

namespace Granary.Cluster.Tests;

public sealed class SiloLogTests : IDisposable
{
    private const string FullDisk = "/dev/full";

    private readonly string _folder = Directory.CreateTempSubdirectory("granary-test-").FullName;

    private string Log => Path.Combine(_folder, "silo-1.log");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_log_that_grows_large_becomes_the_older_one()
    {
        string[] lines = [.. Enumerable.Range(1, 100).Select(i => $"línea {i:000}")]; // 11 bytes each with its end
        using (var log = new SiloLog(Log, large: 110))
        {
            foreach (var line in lines[..25])
            {
                log.Write(line);
            }

            Assert.Equal(lines[10..25], log.Tail);
        }

        Assert.Equal([Log + ".1", Log], SiloLog.Parts(Log));
        Assert.Equal(lines[10..20], File.ReadAllLines(Log + ".1"));
        Assert.Equal(lines[20..25], File.ReadAllLines(Log));

        // Who continues it counts what is there.
        using (var log = new SiloLog(Log, large: 110))
        {
            foreach (var line in lines[25..31])
            {
                log.Write(line);
            }
        }

        Assert.Equal(lines[20..30], File.ReadAllLines(Log + ".1"));
        Assert.Equal(lines[30..31], File.ReadAllLines(Log));

        // One that was large before this rule is put aside at the start.
        File.WriteAllLines(Log, lines);
        using (new SiloLog(Log, large: 110))
        {
            Assert.Equal(lines, File.ReadAllLines(Log + ".1"));
            Assert.Empty(File.ReadAllLines(Log));
        }
    }

    [Fact]
    public async Task A_full_disk_costs_a_silos_log_alone()
    {
        Assert.SkipUnless(File.Exists(FullDisk), $"there is no {FullDisk}");
        Directory.CreateDirectory(Path.Combine(_folder, "logs"));
        File.CreateSymbolicLink(Path.Combine(_folder, "logs", "silo-1.log"), FullDisk);
        Assert.Throws<IOException>(() => File.AppendAllText(Path.Combine(_folder, "logs", "silo-1.log"), "no room"));

        await using var silo = new SiloProcess("silo-1", _folder, new ProcessStartInfo("sh", ["-c", "echo begun; echo broken >&2; echo ready silo-1; exec cat"]));
        await silo.Ready.WaitAsync(TimeSpan.FromMinutes(2));
        Assert.True(silo.IsUp);
        await silo.Stop();
        var ended = await silo.Exited;
        Assert.Contains("begun", ended);
        Assert.Contains("broken", ended);
    }
}
