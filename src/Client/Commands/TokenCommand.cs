using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Granary.Client.Display;

namespace Granary.Client.Commands;

/// <summary><c>granary token ...</c>: who may ask the cluster for what.</summary>
internal static class TokenCommand
{
    private const int LongestLife = 3650; // days

    public static Command Create() => new("token", "Tokens, by which a cluster knows who asks it over HTTP.") { Make(), List(), Revoke() };

    private static Command Make()
    {
        var (home, json) = (CommandParts.Home(), CommandParts.Json());
        var name = new Argument<string>("name") { Description = "What it is called, in lists and in the audit log." };
        var role = new Option<string>("--role") { Description = "viewer (reads), submitter (hands jobs in, and ends, pauses and resumes those) or operator (everything).", Required = true };
        role.AcceptOnlyFromAmong("viewer", "submitter", "operator");
        var expires = new Option<string?>("--expires") { Description = "How long it is worth something, as in 30d, 12h or 90m (default: until it is revoked)." };
        return new Command("create", "Makes a token and prints it. It is shown this once: the cluster keeps its SHA-256.") { name, role, expires, home, json }.Does(async (result, cancellation) =>
        {
            var question = $"/tokens?name={Uri.EscapeDataString(result.GetValue(name)!)}&role={result.GetValue(role)}";
            if (result.GetValue(expires) is { } life)
            {
                question += string.Create(CultureInfo.InvariantCulture, $"&days={Days(life):R}");
            }

            using var api = CommandParts.Api(result.GetValue(home)!);
            var made = await api.Ask(HttpMethod.Post, question, cancellation) ?? throw NoAnswer();
            if (result.GetValue(json))
            {
                JobDocument.Write(made);
                return ExitCode.Done;
            }

            await Console.Error.WriteLineAsync($"the token '{made.GetProperty("name").GetString()}' ({made.GetProperty("role").GetString()}), which is not shown again:");
            Console.WriteLine(made.GetProperty("token").GetString());
            return ExitCode.Done;
        });
    }

    private static Command List()
    {
        var (home, json) = (CommandParts.Home(), CommandParts.Json());
        return new Command("list", "Every token that has not been revoked.") { home, json }.Does(async (result, cancellation) =>
        {
            using var api = CommandParts.Api(result.GetValue(home)!);
            var tokens = await api.Ask(HttpMethod.Get, "/tokens", cancellation) ?? throw NoAnswer();
            if (result.GetValue(json))
            {
                JobDocument.Write(new { tokens });
                return ExitCode.Done;
            }

            var table = new TextTable(text: false, "token", "role", "made", "by", "expires");
            foreach (var t in tokens.EnumerateArray())
            {
                table.Add(
                    t.GetProperty("name").GetString()!, t.GetProperty("role").GetString()!, Time(t.GetProperty("created")), t.GetProperty("by").GetString()!,
                    t.GetProperty("expires") is { ValueKind: JsonValueKind.String } end ? Time(end) + (end.GetDateTimeOffset() <= DateTimeOffset.UtcNow ? " (over)" : "") : "never");
            }

            Console.Write(table.Text(Terminal.OutputWidth));
            return ExitCode.Done;
        });
    }

    private static Command Revoke()
    {
        var home = CommandParts.Home();
        var name = new Argument<string>("name") { Description = "The token's name." };
        return new Command("revoke", "Ends a token: a second later no silo takes it any more.") { name, home }.Does(async (result, cancellation) =>
        {
            using var api = CommandParts.Api(result.GetValue(home)!);
            await api.Ask(HttpMethod.Delete, $"/tokens/{Uri.EscapeDataString(result.GetValue(name)!)}", cancellation);
            CommandParts.Result($"{result.GetValue(name)} is revoked");
            return ExitCode.Done;
        });
    }

    /// <summary>A time as in 30d, 12h or 90m, in days.</summary>
    /// <exception cref="UserException">It is none.</exception>
    internal static double Days(string text)
    {
        var unit = text.Length > 0 ? text[^1] : ' ';
        var each = unit switch
        {
            'd' => 1.0,
            'h' => 24.0,
            'm' => 24.0 * 60,
            _ => 0,
        };
        return each > 0 && int.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count > 0 && count / each <= LongestLife
            ? count / each
            : throw new UserException(ExitCode.Usage, $"--expires is '{text}', but must be a number of days, hours or minutes, as in 30d, 12h or 90m, and at most {LongestLife}d.");
    }

    private static string Time(JsonElement time) => time.GetDateTimeOffset().ToString("u", CultureInfo.InvariantCulture);

    private static UserException NoAnswer() => new(ExitCode.Unreachable, "the cluster has answered nothing.");
}
