using Granary.Client.Local;

namespace Granary.Client.Display;

/// <summary>What the silos of a private cluster say of their telemetry as they stop: its summary, or that it has not arrived. The
/// logs it stands in go with the cluster.</summary>
internal static class TelemetryReport
{
    private const string Beginning = "telemetry: ";

    /// <summary>Stops the silos, where telemetry was asked for, and shows it.</summary>
    /// <param name="cluster">The cluster.</param>
    /// <param name="telemetry">none, console or otlp.</param>
    public static async Task Show(PrivateCluster cluster, string telemetry)
    {
        if (telemetry == "none")
        {
            return;
        }

        await cluster.Stop(); // what they have not exported yet, they export as they stop
        foreach (var silo in cluster.Silos)
        {
            var lines = SiloLog.Parts(silo.LogFile).SelectMany(Lines).ToArray();
            if (lines.Length == 0 && telemetry == "console")
            {
                lines = ["none: the silo did not shut down gracefully"];
            }

            foreach (var line in lines)
            {
                await Console.Error.WriteLineAsync($"{silo.Name}  {line}");
            }
        }
    }

    private static IEnumerable<string> Lines(string file)
    {
        using var log = new StreamReader(new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        while (log.ReadLine() is { } line)
        {
            if (line.StartsWith(Beginning, StringComparison.Ordinal))
            {
                yield return line[Beginning.Length..];
            }
        }
    }
}
