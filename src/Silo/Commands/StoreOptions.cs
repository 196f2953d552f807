using System.CommandLine;

namespace Granary.Silo.Commands;

/// <summary>Options that say where a cluster keeps its members and records. The values of two of them may hold passwords: help never shows what the environment gives them.</summary>
internal static class StoreOptions
{
    private const string DefaultRedis = "127.0.0.1:6379";

    public static (Option<string> Store, Option<string> Redis, Option<string> Postgres) Create() =>
    (
        SiloCommand.Setting("--store", "sqlite (this machine), redis or postgres (several machines), or one of the program's own.", "sqlite"),
        new Option<string>("--redis") { Description = $"HOST:PORT of Redis, with options after commas: ssl=true, user=NAME, password=... ($GRANARY_REDIS; default {DefaultRedis})" },
        new Option<string>("--postgres") { Description = "PostgreSQL: Host=...;Database=...;Username=...;Password=... ($GRANARY_POSTGRES)" }
    );

    public static string Redis(ParseResult result, Option<string> option) => Given(result, option, "GRANARY_REDIS") ?? DefaultRedis;

    public static string Postgres(ParseResult result, Option<string> option) => Given(result, option, "GRANARY_POSTGRES") ?? "";

    private static string? Given(ParseResult result, Option<string> option, string variable) =>
        result.GetValue(option) is { Length: > 0 } told ? told : Environment.GetEnvironmentVariable(variable) is { Length: > 0 } set ? set : null;
}
