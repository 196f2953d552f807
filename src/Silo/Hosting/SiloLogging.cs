namespace Granary.Silo.Hosting;

/// <summary>Plain lines on standard error: Granary's own from Information on, everybody else's from Warning on, Orleans' from Error on. No stack is
/// among them.</summary>
internal static class SiloLogging
{
    public static void Add(ILoggingBuilder logging)
    {
        logging.ClearProviders();
        logging.AddConsole(o =>
        {
            o.FormatterName = PlainLines.Title;
            o.LogToStandardErrorThreshold = LogLevel.Trace;
        });
        logging.AddConsoleFormatter<PlainLines, Microsoft.Extensions.Logging.Console.ConsoleFormatterOptions>();
        logging.SetMinimumLevel(LogLevel.Warning);
        logging.AddFilter("Granary", LogLevel.Information);

        // Orleans logs every message that a dead silo leaves unanswered, in many lines; Granary logs the death once.
        logging.AddFilter("Orleans", LogLevel.Error);
        logging.AddFilter("Orleans.Runtime.GrainCallCancellationManager", LogLevel.None);
        logging.AddFilter("Orleans.Runtime.GrainDirectory", LogLevel.Critical);
        logging.AddFilter("Orleans.Messaging", LogLevel.Critical);
        logging.AddFilter("Orleans.Runtime.MembershipService.MembershipTableManager", LogLevel.Critical); // FatalErrors reports why a silo ends
        logging.AddFilter("Polly", LogLevel.None);
        logging.AddFilter("Granary.Grains.Workers.Worker", LogLevel.Warning); // its base class logs every change of the ring
    }
}
