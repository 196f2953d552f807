using System.Diagnostics.Tracing;
using System.Globalization;

namespace Granary.Silo.Telemetry;

/// <summary>Says once that telemetry does not arrive: OpenTelemetry's exporter reports it only to listeners of its event source.</summary>
internal sealed class ExportWatch(Action<string> say) : EventListener
{
    private const string Exporter = "OpenTelemetry-Exporter-OpenTelemetryProtocol";
    private const int Longest = 300;

    private int _said;

    /// <inheritdoc/>
    /// <remarks>Called before the constructor has run, for sources that exist already.</remarks>
    protected override void OnEventSourceCreated(EventSource eventSource)
    {
        if (eventSource.Name == Exporter)
        {
            EnableEvents(eventSource, EventLevel.Warning);
        }
    }

    /// <inheritdoc/>
    protected override void OnEventWritten(EventWrittenEventArgs eventData)
    {
        if (eventData.EventSource.Name == Exporter && Interlocked.Exchange(ref _said, 1) == 0)
        {
            say(Reason(eventData));
        }
    }

    // An exception comes as text with its whole stack: its first line is what people can use.
    private static string Reason(EventWrittenEventArgs e)
    {
        object[] parts = [.. (e.Payload ?? []).Select(p => FirstLine($"{p}"))];
        var text = e.Message is { } message ? string.Format(CultureInfo.InvariantCulture, message, parts) : string.Join("; ", parts);
        text = FirstLine(text).TrimEnd('.', ' ');
        return text.Length <= Longest ? text : text[..Longest] + "...";
    }

    private static string FirstLine(string text) => text.ReplaceLineEndings("\n").Split('\n')[0];
}
