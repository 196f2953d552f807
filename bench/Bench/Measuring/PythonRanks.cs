using System.Globalization;
using System.Text.Json.Nodes;

namespace Granary.Bench.Measuring;

/// <summary>The ranks of one torch.distributed script, which meet over gloo on loopback; the first prints the result.</summary>
internal sealed class PythonRanks : IAsyncDisposable
{
    private readonly Child[] _ranks;

    private PythonRanks(Child[] ranks) => _ranks = ranks;

    /// <summary>When they were started, UTC.</summary>
    public DateTime Started => _ranks[0].Started;

    /// <summary>Starts them. They meet by a file: a port that is chosen here may be somebody else's by the time a rank binds it, and gloo's own
    /// sockets bind whichever is free.</summary>
    public static PythonRanks Start(Session session, string script, int ranks, IEnumerable<string> arguments)
    {
        var meeting = Path.Combine(session.Scratch, $"meeting-{Guid.NewGuid():N}");
        return new PythonRanks([.. Enumerable.Range(0, ranks).Select(r => Child.StartPython(session, script, arguments, new Dictionary<string, string>
        {
            ["MEETING"] = meeting,
            ["WORLD_SIZE"] = Text(ranks),
            ["RANK"] = Text(r),
            ["GLOO_SOCKET_IFNAME"] = "lo",
        }))]);
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>What the first rank found, once all have ended well.</summary>
    public async Task<JsonObject> Result(CancellationToken cancellation)
    {
        var result = await _ranks[0].Result(cancellation);
        foreach (var rank in _ranks.Skip(1))
        {
            if (await rank.Exit(cancellation) != 0)
            {
                throw await rank.Failure(cancellation);
            }
        }

        return result;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var rank in _ranks)
        {
            await rank.DisposeAsync();
        }
    }
}
