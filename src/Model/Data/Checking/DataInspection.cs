using Granary.Jobs;

namespace Granary.Model.Data.Checking;

/// <summary>What a check has found: what the shards agree on, and what their user should see of it.</summary>
/// <param name="Facts">What the shards agree on.</param>
/// <param name="BigramLoss">What a bigram model loses on the held-out text; null but for text of characters or bytes.</param>
/// <param name="Report">What was guessed about the data.</param>
/// <param name="Warnings">What is doubtful in it.</param>
public sealed record DataInspection(DataFacts Facts, double? BigramLoss, DataReport Report, IReadOnlyList<JobWarning> Warnings)
{
    /// <summary>Puts together what was found.</summary>
    /// <param name="job">The job.</param>
    /// <param name="facts">What the shards agree on.</param>
    /// <param name="bigramLoss">As there.</param>
    /// <param name="surveys">One per shard, in shard order.</param>
    /// <param name="look">At all of them.</param>
    /// <param name="withColumns">Whether every feature is described.</param>
    internal static DataInspection Of(
        Job job, DataFacts facts, double? bigramLoss, IReadOnlyList<ShardSurvey> surveys, ShardLook look, bool withColumns)
    {
        var features = look.Features;
        var classes = job.Data.IsText ? [] : facts.Classes
            .Select((name, id) => new ClassReport(name, look.Training[id], look.HeldOut[id])).ToArray();
        var names = Names(job, facts);
        ColumnReport[] columns = features is null ? [] : [.. names.Select((name, f) => features.Report(f, name) with { Given = look.Given?[f] })];
        var report = new DataReport(
            job.Data.Format,
            Files(job.Data, job.Data.Path, withColumns),
            job.Data.Validation.Path is { } path ? Files(job.Data, path, withColumns) : [],
            job.Data.Label,
            classes,
            job.Data.Ignore,
            surveys.First(s => s.Rows > 0).LeftOut,
            withColumns ? look.Described?.Columns(facts, columns) ?? columns : [],
            job.Data.IsText ? Text(job, facts, look.Tokens) : null,
            look.Sparse is { Given: > 0 } ? look.Sparse : null,
            FormatKinds.Of(job.Data.Format).Takes("delimiter") ? job.Data.Delimiter : null)
        {
            Split = SplitReport.Of(job, facts, time => SplitColumn.Of(job.Data)!.Text(time)),
            Preview = withColumns ? look.Described?.Preview(facts) : null,
            IsMultiLabel = job.Data.IsMultiLabel,
            Weights = facts.Weights is { } w ? new WeightReport(job.Data.Weight!, w.Least, w.Greatest, w.Training, w.HeldOut) : null,
            Target = look.Target is { } target ? Target(target, TargetRange.Of(surveys.Select(s => s.Target))!) : null,
        };
        return new DataInspection(facts, bigramLoss, report, DataWarnings.Of(job, surveys, report, columns, features));
    }

    private static TargetReport Target(FeatureMoments all, TargetRange range) =>
        new(range.Least, range.Greatest, Finite(all.Mean[0]), Finite(Math.Sqrt(all.SquaredDeviations[0] / all.Counts[0])));

    // Of very large numbers the sums may have no end.
    private static double? Finite(double value) => double.IsFinite(value) ? value : null;

    // Of described columns those of numbers.
    private static string[] Names(Job job, DataFacts facts) => facts.Table is { } table
        ? [.. table.Columns.Where(c => !ColumnKinds.Of(c.Section.Kind).IsText).Select(c => c.Name)]
        : [.. Enumerable.Range(0, facts.Shape.Features).Select(f => facts.Columns.Count > 0 ? facts.Columns[f] : $"{FormatKinds.Of(job.Data.Format).FeatureWord} {f + 1}")];

    private static FileReport[] Files(DataSection data, string path, bool withForms) =>
        [.. DataFiles.Expand(path).Select(f => new FileReport(f, JobFiles.Length(f), withForms ? FileForm.Of(f, data) : null))];

    private static TextReport Text(Job job, DataFacts facts, long tokens)
    {
        const int MostKnown = 10_000;
        var unknown = job.Data.HasWords && facts.Classes[0] == WordVocabulary.Unknown ? facts.ClassCounts[0] : 0;
        return new TextReport(
            Kebab.Name(job.Data.Tokens), tokens, facts.Shape.Classes, [.. facts.Classes.Take(MostKnown)], unknown);
    }
}
