using System.Diagnostics;
using Granary.Bench.Measuring;
using Granary.Bench.Training;

namespace Granary.Bench.Commands;

/// <summary>What a user waits for at the command line, with built binaries: the whole <c>train</c> of a job of some tenths of a second against
/// a cluster that is made for it by hand, and what a cluster that is there already takes.</summary>
internal sealed class CommandsComparison : IComparison
{
    private const string ByHand = "up, then submit";
    private const string Whole = "a job of 0.4 s, whole command";
    private const string Submit = "submit to a lasting cluster, to the job's end";
    private const string Status = "status";
    private const int Questions = 3; // of a round; the median counts

    /// <inheritdoc/>
    public string Name => "commands";

    /// <inheritdoc/>
    public async Task<Findings> Run(Session session, CancellationToken cancellation)
    {
        var job = Job(session);
        Contestant[] contestants = [new(Contestant.Granary, stop => Train(session, job, stop)), new(ByHand, stop => Lasting(session, job, stop))];
        var rounds = await Rounds.Run(session, Name, session.Quick ? 1 : 7, contestants, cancellation);
        return rounds.With(
        [
            .. Row.Of(rounds, Name, Whole, ByHand, "s", Target.Most(1.0)),
            .. Row.Alone(rounds, Name, Submit, "s", Target.Most(1.0), side: ByHand),
            .. Row.Alone(rounds, Name, Status, "s", Target.Most(0.4), side: ByHand),
        ]);
    }

    // A copy: what reading leaves beside the data goes with it.
    private static string Job(Session session)
    {
        var (examples, folder) = (Path.Combine(session.Root, "examples"), Directory.CreateDirectory(Path.Combine(session.Scratch, "commands", "data")).Parent!.FullName);
        File.Copy(Path.Combine(examples, "data", "digits.csv"), Path.Combine(folder, "data", "digits.csv"));
        var job = Path.Combine(folder, "digits-mlp.yaml");
        File.Copy(Path.Combine(examples, "digits-mlp.yaml"), job);
        return job;
    }

    private static async Task<Measurement> Train(Session session, string job, CancellationToken cancellation)
    {
        await using var train = GranaryJob.Start(session, job);
        var began = Stopwatch.GetTimestamp();
        await train.Finish(cancellation);
        return new Measurement(new Dictionary<string, double> { [Whole] = Stopwatch.GetElapsedTime(began).TotalSeconds });
    }

    private static async Task<Measurement> Lasting(Session session, string job, CancellationToken cancellation)
    {
        var home = Path.Combine(session.Scratch, $"home-{Guid.NewGuid():N}");
        try
        {
            var whole = await Took(["up", "--silos", "2"]) + await Took(["submit", job, "--json"]);
            var submit = await Took(["submit", job, "--json"]);
            var status = new List<double>();
            for (var i = 0; i < Questions; i++)
            {
                status.Add(await Took(["status"]));
            }

            return new Measurement(new Dictionary<string, double> { [Whole] = whole, [Submit] = submit, [Status] = Spread.Of(status).Median });
        }
        finally
        {
            await using var down = Command(["down"]);
            _ = await down.Exit(CancellationToken.None);
        }

        Child Command(IEnumerable<string> arguments) =>
            Child.Start(session, "dotnet", [session.Client, .. arguments, "--home", home], GranaryJob.TwoCores());

        async Task<double> Took(IEnumerable<string> arguments)
        {
            var began = Stopwatch.GetTimestamp();
            await using var command = Command(arguments);
            return await command.Exit(cancellation) == 0 ? Stopwatch.GetElapsedTime(began).TotalSeconds : throw await command.Failure(cancellation);
        }
    }
}
