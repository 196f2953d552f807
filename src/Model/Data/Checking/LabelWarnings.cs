using Granary.Jobs;

namespace Granary.Model.Data.Checking;

/// <summary>Labels that may not be the classes that their user meant.</summary>
internal static class LabelWarnings
{
    /// <summary>All of them.</summary>
    public static IEnumerable<JobWarning> Of(Job job, IReadOnlyList<ShardSurvey> surveys, DataReport report)
    {
        var (source, classes) = (DataFiles.NameOf(job.Data.Path), ClassNames.Of([.. surveys.SelectMany(s => s.Classes).Distinct()]));
        var rows = surveys.Sum(s => s.Rows);

        // The labels of an IDX file are ids of classes.
        if (job.Data.Target == LabelTarget.Auto && !FormatKinds.Of(job.Data.Format).LabelsAreIds && TargetRule.Of(classes, rows) == TargetKind.Doubtful)
        {
            yield return new JobWarning("continuous-target", $"{source}: the label has {TargetRule.Describe(classes, rows)}, each of which is trained as a class of its own. "
                + (classes.Numbers is null ? "If it is a text, leave it out and choose another label; if these" : "If it is a quantity, set data.target to number and train a regression, or put its values into a few ranges; if these")
                + " are classes, set data.target to classes, which silences this.");
        }

        if (classes.Merged.Count > 0)
        {
            yield return new JobWarning("label-spellings", $"{source}: the labels {WarningText.List(classes.Merged[0].Select(WarningText.Quoted))} are one number, and so one class"
                + $"{(classes.Merged.Count > 1 ? $"; {classes.Merged.Count - 1} more classes are spelt in several ways" : "")}. If they are to be several, give them names that are no numbers.");
        }

        foreach (var alike in report.Classes.GroupBy(c => c.Name.ToUpperInvariant()).Where(g => g.Count() > 1).Take(1))
        {
            yield return new JobWarning("label-case", $"{source}: the labels {WarningText.List(alike.Select(c => WarningText.Quoted(c.Name)))} differ in upper and lower case alone, and are classes of their own. "
                + "If they are one class, spell them alike.");
        }

        if (rows > DataWarnings.FewRows && report.Classes.Where(c => c.Training + c.HeldOut == 1).Select(c => WarningText.Quoted(c.Name)).ToArray() is { Length: > 0 } single)
        {
            yield return new JobWarning("rare-label", $"{source}: {(single.Length == 1 ? "the label" : "the labels")} {WarningText.List(single)} {(single.Length == 1 ? "has" : "have")} one row alone: "
                + $"{(single.Length == 1 ? "it is" : "they are")} misspelt, or too rare to be learned.");
        }
    }
}
