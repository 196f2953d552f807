using System.CommandLine;
using Granary.Client.Commands;
using Granary.Jobs;

namespace Granary.Client.Planning;

/// <summary>The options that say what a cluster is like. What is left out is measured, or usual.</summary>
internal sealed class PlanOptions
{
    private readonly Option<string?> _flops = new("--flops") { Description = "Floating-point operations a second that a silo reaches: 20G, 5T." };
    private readonly Option<string?> _bandwidth = new("--bandwidth") { Description = "What a silo's line carries each way: 10Gbit, 1.2GB, unbounded." };
    private readonly Option<string?> _latency = new("--latency") { Description = "From one silo to another: 50us, 0.2ms." };
    private readonly Option<string?> _handling = new("--handling") { Description = "Bytes sent and received that a silo's processor gets through: 2GB." };
    private readonly Option<string?> _updating = new("--updating") { Description = "Bytes of gradients that a silo averages and updates with: 5GB." };
    private readonly Option<string?> _adding = new("--adding") { Description = "Bytes of gradients that a silo adds to others: 20GB." };
    private readonly Option<string?> _perShard = new("--per-shard") { Description = "Time of a shard's gradient on top of its operations: 150us." };
    private readonly Option<string?> _perStep = new("--per-step") { Description = "Time of a step on top of everything else: 20us." };
    private readonly Option<string?> _perMessage = new("--per-message") { Description = "Time of a frame on top of its bytes: 4us." };
    private readonly Option<int> _threads = new("--threads") { Description = "Compute threads of a silo.", DefaultValueFactory = _ => 1 };
    private readonly Option<int?> _cores = new("--cores") { Description = "Cores of one machine that all silos share." };

    /// <summary>All of them.</summary>
    public IEnumerable<Option> All => [_flops, _bandwidth, _latency, _handling, _updating, _adding, _perShard, _perStep, _perMessage, _threads, _cores];

    /// <summary>Compute threads of a silo.</summary>
    public int Threads(ParseResult result) => result.GetValue(_threads);

    /// <summary>Whether the operations a second are given.</summary>
    public bool HasFlops(ParseResult result) => result.GetValue(_flops) is not null;

    /// <summary>Whether --bandwidth or --latency is given.</summary>
    public bool HasNetwork(ParseResult result) => result.GetValue(_bandwidth) is not null || result.GetValue(_latency) is not null;

    /// <summary>Those of the three that nothing can be planned without and that are not given.</summary>
    public IReadOnlyList<string> Missing(ParseResult result) =>
        [.. new[] { _flops, _bandwidth, _latency }.Where(o => result.GetValue(o) is null).Select(o => o.Name)];

    /// <summary>The facts, with what is given in the place of what was measured.</summary>
    /// <exception cref="JobException">A quantity cannot be read.</exception>
    /// <exception cref="UserException">A count is out of range.</exception>
    public ClusterFacts Over(ClusterFacts facts, ParseResult result) => facts with
    {
        Flops = Given(result, _flops, Quantity.Flops) ?? facts.Flops,
        Bandwidth = Given(result, _bandwidth, Quantity.Bandwidth) ?? facts.Bandwidth,
        Latency = Given(result, _latency, Quantity.Time) ?? facts.Latency,
        Handling = Given(result, _handling, Quantity.Bandwidth) ?? facts.Handling,
        Updating = Given(result, _updating, Quantity.Bandwidth) ?? facts.Updating,
        Adding = Given(result, _adding, Quantity.Bandwidth) ?? facts.Adding,
        PerShard = Given(result, _perShard, Quantity.Time) ?? facts.PerShard,
        PerStep = Given(result, _perStep, Quantity.Time) ?? facts.PerStep,
        PerMessage = Given(result, _perMessage, Quantity.Time) ?? facts.PerMessage,
        Threads = CommandParts.Count(_threads.Name, result.GetValue(_threads)),
        Cores = result.GetValue(_cores) is { } cores ? CommandParts.Count(_cores.Name, cores) : facts.Cores,
    };

    private static double? Given(ParseResult result, Option<string?> option, Func<string, string, double> read) =>
        result.GetValue(option) is { } text ? read(option.Name, text) : null;

    /// <summary>Facts as the options that give them again.</summary>
    /// <param name="facts">The facts.</param>
    /// <param name="own">Whether they are those of a model of one's own, whose operations nobody knows.</param>
    public static string Line(ClusterFacts facts, bool own) => string.Join(' ',
    [
        .. own ? [] : new[] { $"--flops {Quantity.OfCount(facts.Flops)}" },
        $"--bandwidth {Quantity.OfBandwidth(facts.Bandwidth)}",
        $"--latency {Quantity.OfTime(facts.Latency)}",
        $"--handling {Quantity.OfBandwidth(facts.Handling)}",
        $"--updating {Quantity.OfBandwidth(facts.Updating)}",
        $"--adding {Quantity.OfBandwidth(facts.Adding)}",
        $"--per-shard {Quantity.OfTime(facts.PerShard)}",
        $"--per-step {Quantity.OfTime(facts.PerStep)}",
        $"--per-message {Quantity.OfTime(facts.PerMessage)}",
        $"--threads {facts.Threads}",
        .. facts.Cores > 0 ? new[] { $"--cores {facts.Cores}" } : [],
    ]);
}
