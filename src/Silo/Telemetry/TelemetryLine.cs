namespace Granary.Silo.Telemetry;

/// <summary>Marks the telemetry lines among a silo's other output, so that the command line can find them.</summary>
internal static class TelemetryLine
{
    private const string Beginning = "telemetry: ";

    /// <summary>Writes one to standard error. Not through the log: the summary comes when that is over.</summary>
    public static void Write(string line) => Console.Error.WriteLine(Beginning + line);
}
