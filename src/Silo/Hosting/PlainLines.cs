using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace Granary.Silo.Hosting;

/// <summary>A log entry as one line: time, level, category, message and, of an error, its messages without the stack.</summary>
internal sealed class PlainLines() : ConsoleFormatter(Title)
{
    /// <summary>The name under which the console logger knows it.</summary>
    public const string Title = "plain";

    /// <inheritdoc/>
    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        var message = ErrorLine.Of(logEntry.Formatter(logEntry.State, logEntry.Exception));
        textWriter.Write(DateTime.Now.ToString("HH:mm:ss.fff ", System.Globalization.CultureInfo.InvariantCulture));
        textWriter.Write($"{Level(logEntry.LogLevel)}: {logEntry.Category}[{logEntry.EventId.Id}] {message}");
        if (logEntry.Exception is { } error && ErrorLine.Of(error) is { } cause && !message.Contains(cause, StringComparison.Ordinal))
        {
            textWriter.Write($": {cause}");
        }

        textWriter.WriteLine();
    }

    private static string Level(LogLevel level) => level switch
    {
        LogLevel.Trace => "trce",
        LogLevel.Debug => "dbug",
        LogLevel.Information => "info",
        LogLevel.Warning => "warn",
        LogLevel.Error => "fail",
        _ => "crit",
    };
}
