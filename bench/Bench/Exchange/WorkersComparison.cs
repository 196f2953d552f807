using System.Globalization;
using Granary.Bench.Measuring;

namespace Granary.Bench.Exchange;

/// <summary>What a worker has to do in a step's exchange as workers become more, alone on these cores: see <see cref="ExchangeCrowd"/>.</summary>
internal sealed class WorkersComparison : IComparison
{
    private static readonly int[] Members = [2, 4, 8, 16, 32];

    private static readonly (string Unit, string What, string Shown)[] Figures =
        [("frames", "frames", "frames sent"), ("bytes", "bytes", "bytes sent"), ("us", "us", "processor time"), ("ms", "ms", "the step, on all workers' cores")];

    /// <inheritdoc/>
    public string Name => "workers";

    /// <inheritdoc/>
    public async Task<Findings> Run(Session session, CancellationToken cancellation)
    {
        ExchangeSize[] sizes = [Few("1 KB", 500), Few("0.81 MB", 40), Few("3.3 MB", 20)];
        Contestant[] all = [new(Contestant.Granary, async stop =>
        {
            var figures = new Dictionary<string, double>();
            foreach (var members in Members)
            {
                await using var child = Child.StartPart(session, ["exchange-crowd", Text(members), .. sizes.Select(s => s.Argument)]);
                var found = Child.Figures(await child.Result(stop));
                foreach (var size in sizes)
                {
                    foreach (var (_, what, shown) in Figures)
                    {
                        figures.Add(Work(size, members, shown), found[ExchangeMember.Name(size.Weights, what)]);
                    }
                }
            }

            return new Measurement(figures);
        })];
        var measured = await Rounds.Run(session, Name, session.Quick ? 1 : 3, all, cancellation);
        return measured.With(
        [
            .. from size in sizes
               from members in Members
               from figure in Figures
               from row in Row.Alone(measured, Name, Work(size, members, figure.Shown), figure.Unit, null)
               select row,
        ]);
    }

    private static ExchangeSize Few(string name, int steps) => ExchangeSize.All.Single(s => s.Name == name) with { Steps = steps, WarmUp = steps };

    private static string Work(ExchangeSize size, int members, string what) => $"{size.Name}, {Text(members)} workers, of one in a step: {what}";

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
