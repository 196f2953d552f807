using System.Diagnostics;
using System.Reflection;

namespace Granary.Client.Local;

/// <summary>The silo's program and how to start it.</summary>
internal static class SiloExecutable
{
    /// <summary>A process of the silo's program, not started yet.</summary>
    public static ProcessStartInfo Start(IEnumerable<string> arguments)
    {
        var info = new ProcessStartInfo(Environment.ProcessPath is { } host && Path.GetFileNameWithoutExtension(host) == "dotnet" ? host : "dotnet");
        info.ArgumentList.Add(Find());
        foreach (var argument in arguments)
        {
            info.ArgumentList.Add(argument);
        }

        // Waiting OpenMP threads must sleep: several silos share these cores.
        info.Environment["OMP_WAIT_POLICY"] = "PASSIVE";
        info.Environment["DOTNET_gcServer"] = "0";
        info.Environment["DOTNET_TieredPGO"] = "0";
        return info;
    }

    private static string Find()
    {
        var built = Assembly.GetExecutingAssembly().GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "SiloPath").Value!;
        if (Environment.GetEnvironmentVariable("GRANARY_SILO") is { Length: > 0 } own)
        {
            return File.Exists(own) ? Path.GetFullPath(own) : throw new UserException(
                ExitCode.Usage, $"GRANARY_SILO is {own}, and there is no such file. It names the .dll of a silo's program.");
        }

        string[] places =
        [
            Path.Combine(AppContext.BaseDirectory, "silo", "Granary.Silo.dll"),
            Path.GetFullPath(built),
        ];
        return Array.Find(places, File.Exists) ?? throw new UserException(
            ExitCode.Usage, $"the silo's program is at none of {string.Join(", ", places)}. Set GRANARY_SILO to Granary.Silo.dll.");
    }
}
