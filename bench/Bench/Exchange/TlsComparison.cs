using Granary.Bench.Measuring;
using Granary.Contracts.Certificates;

namespace Granary.Bench.Exchange;

/// <summary>Reduce and broadcast between two processes over TCP that show each other certificates, against the same without.</summary>
internal sealed class TlsComparison : IComparison
{
    private const string Plain = "itself without TLS";

    /// <inheritdoc/>
    public string Name => "tls";

    /// <inheritdoc/>
    public async Task<Findings> Run(Session session, CancellationToken cancellation)
    {
        var sizes = ExchangeSize.All;
        Contestant[] contestants =
        [
            ExchangeContestants.GranaryOverTls(session, Certificates(session), sizes), ExchangeContestants.Granary(session, 2, sizes) with { Name = Plain },
        ];
        var rounds = await Rounds.Run(session, Name, session.Quick ? 2 : 7, contestants, cancellation);
        return rounds.With([.. sizes.SelectMany(s => Row.Of(rounds, Name, s.Name, Plain, "ms", s.Name == "23.3 MB" ? Target.Most(1.5) : null))]);
    }

    private static string Certificates(Session session)
    {
        var store = new CertificateStore(Path.Combine(session.Scratch, "certs"));
        store.Init(TimeSpan.FromDays(2));
        return store.Issue(new CertificateNames("bench", [], []), TimeSpan.FromDays(1));
    }
}
