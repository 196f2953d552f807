using System.Diagnostics;
using System.Reflection;
using System.Text.RegularExpressions;

namespace Granary.Deploy.Tests.Manifests;

/// <summary>What the silo's program says of itself.</summary>
/// <param name="Settings">The variables that it reads: GRANARY_...</param>
/// <param name="HealthPaths">What it serves at its health port.</param>
internal sealed partial record SiloFacts(IReadOnlySet<string> Settings, IReadOnlySet<string> HealthPaths)
{
    private static readonly Lazy<SiloFacts> OfProgram = new(() => OfHelp(Help()));

    [GeneratedRegex("GRANARY_[A-Z0-9_]+")]
    private static partial Regex Setting();

    [GeneratedRegex(@"/(?:health/\w+|metrics)")]
    private static partial Regex HealthPath();

    /// <summary>Asks the program that is built beside these tests.</summary>
    public static SiloFacts Get() => OfProgram.Value;

    /// <summary>Reads what <c>granary silo --help</c> prints.</summary>
    public static SiloFacts OfHelp(string help) => new(
        Setting().Matches(help).Select(m => m.Value).ToHashSet(), HealthPath().Matches(help).Select(m => m.Value).ToHashSet());

    private static string Help()
    {
        var program = typeof(SiloFacts).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "Silo").Value!;
        using var silo = Process.Start(new ProcessStartInfo("dotnet", [program, "silo", "--help"]) { RedirectStandardOutput = true })!;
        var help = silo.StandardOutput.ReadToEnd();
        silo.WaitForExit();
        Assert.Equal(0, silo.ExitCode);
        return help;
    }
}
