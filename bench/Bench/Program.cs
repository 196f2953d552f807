using System.CommandLine;
using Granary.Bench;
using Granary.Bench.Commands;
using Granary.Bench.Exchange;
using Granary.Bench.Measuring;
using Granary.Bench.Reporting;
using Granary.Bench.Tables;
using Granary.Bench.Training;

if (args is [Parts.Command, .. var part])
{
    return await Parts.Run(part);
}

IComparison[] comparisons =
[
    new ExchangeComparison(),
    new FourWorkersComparison(),
    new BytesComparison(),
    new WorkersComparison(),
    new TlsComparison(),
    new TrainingComparison(TrainingWork.Logistic, ddp: 6, bare: null, overhead: 0.30, allocated: null),
    new TrainingComparison(TrainingWork.Mlp, ddp: 1.8, bare: 0.85, overhead: null, allocated: 5),
    new TrainingComparison(TrainingWork.BigMlp, ddp: 1.4, bare: 0.85, overhead: null, allocated: null),
    new TrainingComparison(TrainingWork.Gpt, ddp: 1.5, bare: 0.96, overhead: null, allocated: 20),
    new ShardsComparison(),
    new TelemetryComparison(),
    new SafetyComparison(),
    new ColdStartComparison(),
    new CommandsComparison(),
    new TableComparison(),
    new LawComparison(),
    new MixedComparison(),
    new FashionComparison(),
];
var quick = new Option<bool>("--quick") { Description = "Few pairs, some minutes." };
var only = new Option<string[]>("--only") { Description = $"Some comparisons: {string.Join(", ", comparisons.Select(c => c.Name))}." };
only.AcceptOnlyFromAmong([.. comparisons.Select(c => c.Name)]);
var command = new RootCommand("Runs Granary and its peers side by side.") { quick, only };
command.SetAction(async (parsed, cancellation) =>
{
    var chosen = parsed.GetValue(only) is { Length: > 0 } names ? comparisons.Where(c => names.Contains(c.Name)).ToArray() : comparisons;
    using var session = new Session(parsed.GetValue(quick));
    return await Report.Run(session, chosen, whole: chosen.Length == comparisons.Length, cancellation);
});
return await command.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromMinutes(1) }); // time to write
