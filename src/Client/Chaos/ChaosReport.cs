using System.Globalization;
using Granary.Client.Display;
using Granary.Contracts;
using Granary.Jobs;

namespace Granary.Client.Chaos;

/// <summary>What a plan did, and how long the job took to get over it.</summary>
/// <param name="times">What was seen of the job.</param>
internal sealed class ChaosReport(RecoveryTimes times)
{
    private readonly List<FaultDone> _done = [];

    /// <summary>How many faults were done.</summary>
    public int Count => _done.Count;

    /// <summary>What was planned and not done, for the job had ended before.</summary>
    public IReadOnlyList<FaultMissed> Missed { get; set; } = [];

    /// <summary>Takes a fault in; returns a line about it.</summary>
    public string Add(FaultDone fault)
    {
        lock (_done)
        {
            _done.Add(fault);
        }

        return string.Create(
            CultureInfo.InvariantCulture,
            $"{fault.At.ToLocalTime():HH:mm:ss.fff} step {fault.Step}: {Kebab.Name(fault.Fault.Kind)} {string.Join(", ", fault.Silos)}{Details(fault.Fault)}");
    }

    private static string Details(Fault fault) => fault.Kind switch
    {
        FaultKind.Scale => string.Create(CultureInfo.InvariantCulture, $"to {Plural.Of((long)fault.Factor, "silo")}"),
        FaultKind.Slow => string.Create(CultureInfo.InvariantCulture, $" {fault.Factor:0.#} {(fault.Factor == 1 ? "time" : "times")} for {fault.Seconds:0.##} s"),
        _ when fault.Seconds > 0 => string.Create(CultureInfo.InvariantCulture, $" for {fault.Seconds:0.##} s"),
        _ => "",
    };

    /// <summary>One row per kind of fault, by whether it met the coordinator.</summary>
    public sealed record Row(string Fault, bool Coordinator, int Times, int Measured, double? Median, double? Worst);

    /// <summary>The rows.</summary>
    public IReadOnlyList<Row> Rows()
    {
        FaultDone[] ending = [.. _done.Where(d => d.Fault.EndsGeneration).OrderBy(d => d.At)];
        var seconds = ending.Select((d, i) => (Done: d, Seconds: times.Of(d, i + 1 < ending.Length ? ending[i + 1] : null))).ToLookup(d => d.Done, d => d.Seconds);
        return [.. _done.GroupBy(d => (Name: Kebab.Name(d.Fault.Kind) + (d.Silos.Count > 1 ? $" of {d.Silos.Count}" : ""), Coordinator: d.Coordinator is { } c && d.Silos.Contains(c)))
            .OrderBy(g => g.Key).Select(g =>
            {
                double[] known = [.. g.SelectMany(d => seconds[d]).OfType<double>().Order()];
                return new Row(g.Key.Name, g.Key.Coordinator, g.Count(), known.Length, known.Length > 0 ? Median(known) : null, known.Length > 0 ? known[^1] : null);
            })];
    }

    private static double Median(double[] sorted) => (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;

    /// <summary>The rows as a table.</summary>
    public TextTable Table()
    {
        var table = new TextTable(text: false, "fault", "coordinator", ">times", ">to the next new step: median", ">worst");
        foreach (var r in Rows())
        {
            table.Add(r.Fault, r.Coordinator ? "hit" : "elsewhere", r.Times.ToString(CultureInfo.InvariantCulture), Seconds(r.Median), Seconds(r.Worst));
        }

        return table;
    }

    private static string Seconds(double? seconds) => seconds is { } s ? string.Create(CultureInfo.InvariantCulture, $"{s:0.00} s") : "-";

    /// <summary>A line about what was planned and not done.</summary>
    public static string OfMissed(FaultMissed missed) =>
        $"{(missed.Done == 0 ? "not done" : $"done {(missed.Planned.Times is { } times ? $"{missed.Done} of {Plural.Of(times, "time")}" : Plural.Of(missed.Done, "time"))}")}, for the job had ended before: {Named(missed.Planned)}";

    /// <summary>A line about a fault whose time has come, but whose target matches no living silo.</summary>
    public static string OfWaiting(PlannedFault fault) =>
        $"{Named(fault)}: no living silo matches '{fault.Target}' now; the fault waits";

    private static string Named(PlannedFault fault) =>
        $"{Kebab.Name(fault.Fault.Kind)} {(fault.Target.Length > 0 ? fault.Target + " " : "")}{When(fault.When)}";

    private static string When(FaultTime when) => when switch
    {
        { Step: { } step } => $"at step {step.ToString(CultureInfo.InvariantCulture)}",
        { Every: { } every } => string.Create(CultureInfo.InvariantCulture, $"{every.Least:0.##} to {every.Most:0.##} s after every silo takes part"),
        _ => string.Create(CultureInfo.InvariantCulture, $"at {when.Seconds:0.##} s"),
    };

    /// <summary>The report as a document.</summary>
    public object Document(JobStatus job) => new
    {
        job = job.JobId,
        state = job.State.ToString().ToLowerInvariant(),
        step = job.Step,
        recoveries = job.Recoveries,
        faults = _done.Count,
        rows = Rows().Select(r => new { fault = r.Fault, coordinator = r.Coordinator, times = r.Times, measured = r.Measured, medianSeconds = r.Median, worstSeconds = r.Worst }),
        missed = Missed.Select(m => new
        {
            fault = Kebab.Name(m.Planned.Fault.Kind),
            target = m.Planned.Target,
            at = m.Planned.When.Seconds,
            step = m.Planned.When.Step,
            every = m.Planned.When.Every is { } every ? new[] { every.Least, every.Most } : null,
            done = m.Done,
            times = m.Planned.Times,
        }),
        done = _done.Select(d => new { at = d.At, fault = Kebab.Name(d.Fault.Kind), silos = d.Silos, coordinator = d.Coordinator, step = d.Step }),
    };
}
