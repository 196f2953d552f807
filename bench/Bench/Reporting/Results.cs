using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Granary.Bench.Measuring;

namespace Granary.Bench.Reporting;

/// <summary>Everything a run found, as JSON for programs, and as a page with pictures for people.</summary>
/// <param name="session">The run.</param>
/// <param name="folder">Where they go.</param>
/// <param name="name">Name of the files.</param>
internal sealed class Results(Session session, string folder, string name)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.Never,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private readonly List<(string Comparison, Findings Findings)> _parts = [];
    private readonly SortedDictionary<string, string> _failures = new(StringComparer.Ordinal);

    /// <summary>Whether a comparison could not be made.</summary>
    public bool Failed => _failures.Count > 0;

    public void Add(string comparison, Findings findings) => _parts.Add((comparison, findings));

    public void Fail(string comparison, string reason) => _failures[comparison] = reason;

    public void Write(TimeSpan time)
    {
        Directory.CreateDirectory(folder);
        var machine = Machine.Describe(session);
        var document = new
        {
            date = DateTimeOffset.UtcNow.ToString("yyyy-MM-dd HH:mm 'UTC'", System.Globalization.CultureInfo.InvariantCulture),
            quick = session.Quick,
            seconds = Math.Round(time.TotalSeconds),
            processor = machine.Processor,
            cores = machine.Cores,
            versions = machine.Versions,
            settings = machine.Settings,
            leftOut = session.LeftOut,
            failed = _failures,
            comparisons = _parts.Where(p => p.Findings.Measured is not null).Select(p => new
            {
                name = p.Comparison,
                arithmetic = p.Findings.Measured!.Arithmetic,
                failures = p.Findings.Measured.Failures,
                notes = p.Findings.Notes,
                rounds = p.Findings.Measured.Rounds.Select(r => new { round = r.Number, quiet = r.Quietness?.IsQuiet, others = r.Quietness?.Others, stolen = r.Quietness?.Stolen }),
            }),
            rows = _parts.SelectMany(p => p.Findings.Rows).Select(r => new
            {
                name = r.Name,
                granary = r.Granary.Median,
                peer = r.Peer?.Median,
                unit = r.Unit,
                ratio = r.Ratio?.Median,
                target = r.Target?.Value,
                bound = r.Target is null ? null : r.Target.AtMost ? "at most" : "at least",
                met = r.Met,
                pairs = r.Pairs.Select(p => new { round = p.Round, granary = p.Granary, peer = p.Peer, ratio = p.Ratio, quiet = p.Quiet }),
            }),
        };
        var path = Path.Combine(folder, name + ".json");
        File.WriteAllText(path, JsonSerializer.Serialize(document, Json) + "\n");
        foreach (var (comparison, findings) in _parts.Where(p => p.Findings.Rows.Count > 0))
        {
            Picture.Draw(comparison, findings.Rows, Path.Combine(folder, $"{name}-{comparison}.png"));
        }

        File.WriteAllText(Path.Combine(folder, name + ".md"), Page.Of(session, machine, _parts, _failures, name, time));
        session.Say($"{path}: {_parts.Sum(p => p.Findings.Rows.Count)} rows in {time.TotalSeconds:0} s");
    }
}
