using System.CommandLine;
using System.Globalization;
using Granary.Client.Display;

namespace Granary.Client.Commands;

/// <summary><c>granary audit-log</c>: who has asked for which changes.</summary>
internal static class AuditLogCommand
{
    public static Command Create()
    {
        var (home, json) = (CommandParts.Home(), CommandParts.Json());
        var last = new Option<int>("--last") { Description = "So many of the newest entries.", DefaultValueFactory = _ => 100 };
        return new Command("audit-log", "Who has asked for which changes over HTTP, and what came of it, oldest first; of all living silos.") { last, home, json }.Does(async (result, cancellation) =>
        {
            using var api = CommandParts.Api(result.GetValue(home)!);
            var trail = await api.Ask(HttpMethod.Get, string.Create(CultureInfo.InvariantCulture, $"/audit-log?last={result.GetValue(last)}"), cancellation)
                ?? throw new UserException(ExitCode.Unreachable, "the cluster has answered nothing.");
            string[] silent = [.. trail.GetProperty("silent").EnumerateArray().Select(s => s.GetString()!)];
            if (silent.Length > 0)
            {
                await Console.Error.WriteLineAsync($"without the entries of {string.Join(", ", silent)}, which {(silent.Length == 1 ? "does" : "do")} not answer.");
            }

            var entries = trail.GetProperty("entries");
            if (result.GetValue(json))
            {
                JobDocument.Write(new { entries, silent });
                return ExitCode.Done;
            }

            var table = new TextTable(text: true, "time", "who", "role", "from", "action", "what", "result");
            foreach (var e in entries.EnumerateArray())
            {
                string Text(string name) => e.GetProperty(name).GetString() ?? "";
                table.Add(e.GetProperty("at").GetDateTimeOffset().ToString("u", CultureInfo.InvariantCulture), Text("who"), Text("role"), Text("from"), Text("action"), Text("what"), Text("result"));
            }

            Console.Write(table.Text(Terminal.OutputWidth));
            return ExitCode.Done;
        });
    }
}
