namespace Granary.Silo.Telemetry;

/// <summary>How telemetry stands among a silo's other lines: whoever shows it to a user looks for the beginning.</summary>
internal static class TelemetryLine
{
    private const string Beginning = "telemetry: ";

    /// <summary>Writes one to standard error. Not through the log: the summary comes when that is over.</summary>
    public static void Write(string line) => Console.Error.WriteLine(Beginning + line);
}
