using System.Diagnostics;
using Granary.Silo.Hosting;
using Granary.Tests;

namespace Granary.Cluster.Tests;

public sealed class SiloExitTests : IDisposable
{
    private const int PipeBytes = 1 << 16;

    private readonly string _folder = Directory.CreateTempSubdirectory("granary-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_process_that_must_end_ends_with_its_code_whoever_reads_what_it_says(bool full)
    {
        Listing.Make(_folder, "mkfifo", "pipe");
        using var pipe = new FileStream(Path.Combine(_folder, "pipe"), FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite, bufferSize: 0);
        if (full)
        {
            pipe.Write(new byte[PipeBytes]); // and nobody reads it
        }

        // These tests once more, in a process of their own, with the one that ends it alone.
        using var child = Process.Start(new ProcessStartInfo("sh", ["-c", $"exec dotnet '{typeof(SiloExitTests).Assembly.Location}' -explicit only -method '*.{nameof(End)}' 2>'{_folder}/pipe'"])
        {
            RedirectStandardOutput = true,
        })!;
        try
        {
            _ = child.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            await child.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);
            Assert.Equal(SiloExit.TakenForDead, child.ExitCode);
        }
        finally
        {
            child.Kill();
        }
    }

    [Fact(Explicit = true)]
    public void End() => SiloExit.Now(SiloExit.TakenForDead, "silo-1 ends");
}
