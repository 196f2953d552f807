using System.Diagnostics;
using System.Reflection;

namespace Granary.Sdk.Tests;

/// <summary>samples/Program, as a user runs it.</summary>
public sealed class ProgramTests(LocalClusterFixture cluster)
{
    private static string Metadata(string key) =>
        typeof(ProgramTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == key).Value!;

    [Fact]
    public async Task The_sample_trains_and_predicts_and_says_nothing_but_its_own_lines()
    {
        var cancellation = TestContext.Current.CancellationToken;
        var output = Path.Combine(cluster.Folder, "iris");
        var info = new ProcessStartInfo("dotnet", [Metadata("Program"), Path.Combine(Metadata("Examples"), "data", "iris.csv"), output])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var program = Process.Start(info)!;
        var (said, errors) = (program.StandardOutput.ReadToEndAsync(cancellation), program.StandardError.ReadToEndAsync(cancellation));
        await program.WaitForExitAsync(cancellation);
        Assert.Equal((0, ""), (program.ExitCode, await errors));
        var lines = (await said).TrimEnd().Split('\n');
        Assert.All(lines[..^2], l => Assert.Matches("^step [0-9]+ of [0-9]+: ", l));
        Assert.Matches(@"^accuracy on held-out flowers: (0\.[89][0-9]|1\.00)$", lines[^2]);
        Assert.Matches(@"^this one is setosa, with probability (0\.[89][0-9]|1\.00)$", lines[^1]);
        Assert.True(File.Exists(Path.Combine(output, "model.safetensors")));
    }
}
