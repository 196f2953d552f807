using System.Diagnostics;
using System.Globalization;
using Granary.Grains.Checkpoints;
using Granary.Silo.Storage.S3;
using Granary.Tests.Support;

namespace Granary.Extensions.Tests.S3;

/// <summary>Writers that are killed, and connections that break, at any moment: a part is there whole or not at all.</summary>
[Collection(S3StoreTests.InEnvironment)]
public sealed class S3KillTests : IAsyncLifetime
{
    private static readonly bool IsLong = Environment.GetEnvironmentVariable("GRANARY_LONG") == "1"; // .ci/long
    private static readonly int Kills = IsLong ? 100 : 12;
    private static readonly int Faults = IsLong ? 1000 : 200;

    private S3Server _server = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await S3Server.Start();
        Array.ForEach(_server.Variables, v => Environment.SetEnvironmentVariable(v.Name, v.Value));
    }

    public async ValueTask DisposeAsync()
    {
        Array.ForEach(_server.Variables, v => Environment.SetEnvironmentVariable(v.Name, null));
        await _server.DisposeAsync();
    }

    private static byte[] Read(S3CheckpointStore store, int number)
    {
        using var stream = store.Open(S3Writer.Id(number), 0);
        var all = new byte[stream.Length];
        stream.ReadExactly(all);
        return all;
    }

    [Fact]
    public void Whatever_happens_to_requests_no_part_is_torn()
    {
        using var patient = new S3CheckpointStore($"s3://{S3Server.Bucket}/x", TimeSpan.FromSeconds(2));
        Environment.SetEnvironmentVariable("AWS_MAX_ATTEMPTS", "1");
        using var hasty = new S3CheckpointStore($"s3://{S3Server.Bucket}/x", TimeSpan.FromSeconds(2));
        Environment.SetEnvironmentVariable("AWS_MAX_ATTEMPTS", null);
        var random = new Random(11);
        S3Fault[] faults = [S3Fault.Drop, S3Fault.DropHalf, S3Fault.LoseAnswer, S3Fault.InternalError, S3Fault.SlowDown, S3Fault.Full, S3Fault.HalfAnswer];
        var (written, unwritten, injected) = (0, 0, 0);
        for (var number = 1; injected < Faults; number++)
        {
            // Sometimes a fault passes, and the client tries again; sometimes it stays.
            var (share, fault) = (random.Next(4) == 0 ? 1.0 : 0.4, faults[random.Next(faults.Length)]);
            _server.Fault = _ =>
            {
                lock (random)
                {
                    if (random.NextDouble() >= share)
                    {
                        return S3Fault.None;
                    }

                    injected++;
                    return fault;
                }
            };
            var store = number % 10 == 0 ? patient : hasty; // the one tries again, and takes its time
            var content = S3Writer.Content((number % 8) == 0 ? number : (number * 4) + 1); // most are small
            bool told;
            try
            {
                store.Write(S3Writer.Id(number), 0, to => to.Write(content));
                told = true;
                written++;
            }
            catch (StoreUnavailableException)
            {
                told = false;
                unwritten++;
            }

            // What was told as written is there. What was not may be there, whole; or not.
            var there = _server.Objects.TryGetValue($"x/job/step-{number.ToString("D9", CultureInfo.InvariantCulture)}-g1/blocks-000000.bin", out var found);
            Assert.True(there || !told, $"part {number} was told as written, and is not there");
            Assert.True(!there || found!.Content.AsSpan().SequenceEqual(content), $"part {number} is torn");
            if (there)
            {
                byte[]? read = null;
                try
                {
                    using var stream = store.Open(S3Writer.Id(number), 0);
                    read = new byte[stream.Length];
                    stream.ReadExactly(read);
                }
                catch (StoreUnavailableException)
                {
                    read = null; // it can be asked later
                }

                Assert.True(read is null || read.AsSpan().SequenceEqual(content), $"part {number} is read wrongly");
            }
        }

        Assert.True(written > 10 && unwritten > 10, $"{written} written, {unwritten} not");
    }

    [Fact]
    public async Task Writers_that_are_killed_leave_whole_parts_alone()
    {
        var random = new Random(5);
        var pieces = 0;
        using var store = new S3CheckpointStore($"s3://{S3Server.Bucket}/x");
        for (var kill = 0; kill < Kills; kill++)
        {
            var before = _server.Requests.Count;
            using var writer = new Process();
            writer.StartInfo = new ProcessStartInfo(
                Environment.ProcessPath!,
                [.. Program(), "-explicit", "only", "-method", $"{typeof(S3Writer).FullName}.{nameof(S3Writer.Writes_parts_until_it_is_killed)}"])
            { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
            writer.StartInfo.Environment["FIRST_PART"] = ((kill * 1000) + 1).ToString(CultureInfo.InvariantCulture);
            writer.Start();
            writer.BeginOutputReadLine();
            writer.BeginErrorReadLine();
            writer.StandardInput.Close();
            var requests = random.Next(1, 12); // the moment is a number of requests: some of them are under way then
            for (var since = Stopwatch.StartNew(); _server.Requests.Count < before + requests && !writer.HasExited;)
            {
                Assert.True(since.Elapsed < TimeSpan.FromMinutes(2), "the writer writes nothing");
                await Task.Delay(1, TestContext.Current.CancellationToken);
            }

            Assert.False(writer.HasExited, "the writer has ended by itself");
            writer.Kill();
            await writer.WaitForExitAsync(TestContext.Current.CancellationToken);
            foreach (var id in store.List("job"))
            {
                Assert.True(S3Writer.Content((int)id.Step).AsSpan().SequenceEqual(Read(store, (int)id.Step)), $"part {id.Step} is torn");
                store.Remove(id);
            }

            pieces += _server.Uploads;
        }

        Assert.True(pieces > 0, "no kill fell into an upload in pieces");
    }

    // As this process was started: by its own program, or by dotnet.
    private static string[] Program() =>
        Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? [typeof(S3KillTests).Assembly.Location] : [];
}
