using System.Globalization;
using Granary.Bench.Measuring;

namespace Granary.Bench.Exchange;

/// <summary>Reduce and broadcast between two processes, over all sizes.</summary>
internal sealed class ExchangeComparison : IComparison
{
    /// <inheritdoc/>
    public string Name => "exchange";

    /// <inheritdoc/>
    public async Task<Findings> Run(Session session, CancellationToken cancellation)
    {
        var sizes = ExchangeSize.All;
        Contestant[] contestants =
        [
            ExchangeContestants.Granary(session, 2, sizes), .. ExchangeContestants.Peers(session, 2, sizes), ExchangeContestants.GranaryOnHost(session, 2, sizes),
            ExchangeContestants.TheFloor(session, sizes),
        ];
        var rounds = await Rounds.Run(session, Name, session.Quick ? 2 : 7, contestants, cancellation);
        return rounds.With(
        [
            .. sizes.SelectMany(s => Against(s, ExchangeContestants.Gloo, Target.Most(s.Weights == 256 ? 0.05 : 0.50))),
            .. sizes.SelectMany(s => Against(s, ExchangeContestants.OpenMpi, s.Name is "3.3 MB" or "23.3 MB" ? Target.Most(0.90) : null)),
            .. sizes.SelectMany(s => Against(s, ExchangeContestants.OnHost, null)),
            .. sizes.SelectMany(s => Against(s, ExchangeContestants.Floor, null)),
        ]);

        IEnumerable<Row> Against(ExchangeSize size, string peer, Target? target) => Row.Of(rounds, Name, size.Name, peer, "ms", target);
    }
}

/// <summary>The same between four.</summary>
internal sealed class FourWorkersComparison : IComparison
{
    /// <inheritdoc/>
    public string Name => "exchange-4";

    /// <inheritdoc/>
    public async Task<Findings> Run(Session session, CancellationToken cancellation)
    {
        ExchangeSize[] sizes = [ExchangeSize.All.Single(s => s.Name == "23.3 MB")];
        Contestant[] contestants = [ExchangeContestants.Granary(session, 4, sizes), .. ExchangeContestants.Peers(session, 4, sizes), ExchangeContestants.GranaryOnHost(session, 4, sizes)];
        var rounds = await Rounds.Run(session, Name, session.Quick ? 1 : 5, contestants, cancellation);
        return rounds.With(
        [
            .. Row.Of(rounds, Name, sizes[0].Name, ExchangeContestants.Gloo, "ms", Target.Most(0.60)),
            .. Row.Of(rounds, Name, sizes[0].Name, ExchangeContestants.OpenMpi, "ms", null),
            .. Row.Of(rounds, Name, sizes[0].Name, ExchangeContestants.OnHost, "ms", null),
        ]);
    }
}

/// <summary>Bytes that a worker's sockets send in a step, against 2 P (S - 1) / S numbers of 4 bytes; headers of the frames included. What
/// TCP sent once more, as it does where a receiver gets no core for long, is counted apart.</summary>
internal sealed class BytesComparison : IComparison
{
    // 64 bytes of header on 65,024, and a few on the records.
    private const double Headers = 1.002;

    /// <inheritdoc/>
    public string Name => "bytes";

    /// <inheritdoc/>
    public async Task<Findings> Run(Session session, CancellationToken cancellation)
    {
        var size = ExchangeSize.All.Single(s => s.Name == "3.3 MB") with { Steps = 4 }; // eight processes share the cores
        var rows = new List<Row>();
        foreach (var members in new[] { 2, 4, 8 })
        {
            var (sent, again) = await ExchangeContestants.BytesSent(session, members, size, cancellation);
            var formula = 2.0 * size.Weights * (members - 1) / members * sizeof(float);
            var work = string.Create(CultureInfo.InvariantCulture, $"{size.Name}, {members} workers");
            rows.Add(new Row(Name, work, "2P(S-1)/S", "bytes/step", Target.Most(Headers), [new Pair(sent, formula)]));
            rows.Add(new Row(Name, $"{work}, sent once more by TCP", null, "bytes/step", null, [new Pair(again, null)]));
        }

        return new Findings(rows, null);
    }
}
