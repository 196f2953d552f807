using System.Globalization;
using Granary.Bench.Measuring;

namespace Granary.Bench.Exchange;

/// <summary>Who exchanges vectors: the product, its peers and the floor. Figures are milliseconds by the vector's name.</summary>
internal static class ExchangeContestants
{
    public const string Gloo = "gloo";
    public const string OpenMpi = "Open MPI over TCP";
    public const string Floor = "the floor";
    public const string OnHost = "itself over Unix sockets";

    /// <summary>The product's exchange between <paramref name="members"/> processes, over TCP as between hosts.</summary>
    public static Contestant Granary(Session session, int members, IReadOnlyList<ExchangeSize> sizes) =>
        new(Contestant.Granary, async cancellation => ByName(await Members(session, "exchange", members, sizes, cancellation), sizes));

    /// <summary>The same between two that show each other the certificate of a folder.</summary>
    public static Contestant GranaryOverTls(Session session, string certificates, IReadOnlyList<ExchangeSize> sizes) =>
        new(Contestant.Granary, async cancellation => ByName(await Members(session, "exchange", 2, sizes, cancellation, certificates), sizes));

    /// <summary>The same over what processes of one host use.</summary>
    public static Contestant GranaryOnHost(Session session, int members, IReadOnlyList<ExchangeSize> sizes) =>
        new(OnHost, async cancellation => ByName(await Members(session, "exchange-on-host", members, sizes, cancellation), sizes));

    /// <summary>Bytes that a member's sockets sent in a step, and those that TCP sent once more, on average over the members.</summary>
    public static async Task<(double Sent, double Again)> BytesSent(Session session, int members, ExchangeSize size, CancellationToken cancellation)
    {
        var figures = await Members(session, "exchange", members, [size], cancellation);
        return (Average("bytes"), Average("bytes again"));

        double Average(string what) => figures.Average(m => m[ExchangeMember.Name(size.Weights, what)]);
    }

    public static Contestant TheFloor(Session session, IReadOnlyList<ExchangeSize> sizes) =>
        new(Floor, async cancellation => ByName(await Members(session, "floor", 2, sizes, cancellation), sizes));

    /// <summary>gloo's and Open MPI's all-reduce, as far as they are installed.</summary>
    public static IEnumerable<Contestant> Peers(Session session, int members, IReadOnlyList<ExchangeSize> sizes)
    {
        if (Measuring.Peers.Has(session, Gloo, "python3-torch", "torch"))
        {
            yield return new Contestant(Gloo, cancellation => Ranks(session, "gloo_allreduce.py", members, sizes, cancellation));
        }

        if (Measuring.Peers.Has(session, OpenMpi, "openmpi-bin python3-mpi4py", "mpi4py", "mpirun"))
        {
            yield return new Contestant(OpenMpi, cancellation => Mpi(session, members, sizes, cancellation));
        }
    }

    private static Measurement ByName(IReadOnlyList<IReadOnlyDictionary<string, double>> members, IReadOnlyList<ExchangeSize> sizes) =>
        new(sizes.ToDictionary(s => s.Name, s => members[0][ExchangeMember.Name(s.Weights, "ms")]));

    private static async Task<IReadOnlyList<IReadOnlyDictionary<string, double>>> Members(
        Session session, string part, int members, IReadOnlyList<ExchangeSize> sizes, CancellationToken cancellation, string? certificates = null)
    {
        string[] more = certificates is null ? [] : [ExchangeMember.CertificatesArgument + certificates];
        var children = Enumerable.Range(0, members).Select(m => Child.StartPart(
            session, [part, Text(m), Text(members), .. more, .. sizes.Select(s => s.Argument)])).ToArray();
        try
        {
            var ports = new List<string>();
            foreach (var child in children)
            {
                ports.Add(await child.ReadLine(cancellation));
            }

            foreach (var child in children)
            {
                await child.WriteLine(string.Join(' ', ports));
            }

            var results = new List<IReadOnlyDictionary<string, double>>();
            foreach (var child in children)
            {
                results.Add(Child.Figures(await child.Result(cancellation)));
            }

            return results;
        }
        finally
        {
            foreach (var child in children)
            {
                await child.DisposeAsync();
            }
        }
    }

    private static async Task<Measurement> Ranks(
        Session session, string script, int members, IReadOnlyList<ExchangeSize> sizes, CancellationToken cancellation)
    {
        await using var ranks = PythonRanks.Start(session, script, members, sizes.Select(s => s.Argument));
        return ByName([Child.Figures(await ranks.Result(cancellation))], sizes);
    }

    private static async Task<Measurement> Mpi(
        Session session, int members, IReadOnlyList<ExchangeSize> sizes, CancellationToken cancellation)
    {
        await using var run = Child.Start(session, "mpirun",
        [
            "--allow-run-as-root", "--oversubscribe", "--mca", "btl", "self,tcp", "--mca", "btl_tcp_if_include", "lo", "-n", Text(members),
            Measuring.Peers.Python, Path.Combine(session.Root, "bench", "peers", "mpi_allreduce.py"), .. sizes.Select(s => s.Argument),
        ]);
        return ByName([Child.Figures(await run.Result(cancellation))], sizes);
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
