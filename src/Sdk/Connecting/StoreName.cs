using Npgsql;

namespace Granary.Sdk.Connecting;

/// <summary>Where a cluster's store is, for messages: what may be a password is left out. Plain rules.</summary>
internal static class StoreName
{
    /// <summary>Of "HOST:PORT,user=...,password=...": "HOST:PORT".</summary>
    public static string OfRedis(string options) =>
        string.Join(',', options.Split(',').Where(o => !o.Contains('=', StringComparison.Ordinal)).Select(o => o[(o.LastIndexOf('@') + 1)..].Trim()));

    /// <summary>Of "Host=...;Password=...": "HOST:PORT".</summary>
    public static string OfPostgres(string connection)
    {
        try
        {
            var database = new NpgsqlConnectionStringBuilder(connection);
            return FormattableString.Invariant($"{database.Host}:{database.Port}");
        }
        catch (Exception e) when (e is ArgumentException or FormatException or KeyNotFoundException)
        {
            return "an address that cannot be read";
        }
    }
}
