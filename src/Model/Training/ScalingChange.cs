using System.Globalization;
using Granary.Jobs;

namespace Granary.Model.Training;

/// <summary>Whether a job standardises its features otherwise than the model did that its weights come from: those weights then meet other
/// numbers than they were trained on.</summary>
internal static class ScalingChange
{
    // In deviations, or as a logarithm of their ratio: less is what another split of the same data makes.
    private const double Little = 0.1;

    /// <summary>One sentence; null where nothing worth saying has changed. Where either describes columns, each of these is scaled, or not, by itself.</summary>
    /// <param name="here">Of the job.</param>
    /// <param name="there">Of the model.</param>
    /// <param name="places">The place there of each feature here, -1 for none; null: the same.</param>
    /// <param name="name">A feature's name.</param>
    public static string? Describe(DataFacts here, DataFacts there, int[]? places, Func<int, string> name) => here.Table is null && there.Table is null
        ? Describe(here.Scaling, there.Scaling, places, name)
        : Describe(Of(here), Of(there), places, name);

    // x becomes (x - Mean) / Deviation, whatever the two are; features that choose or count stay as they are.
    private static Scaling Of(DataFacts facts)
    {
        if (facts.Table is not { } table)
        {
            return facts.Scaling ?? new Scaling(new double[facts.Shape.Features], [.. Enumerable.Repeat(1.0, facts.Shape.Features)]);
        }

        var (means, deviations) = (new List<double>(), new List<double>());
        foreach (var column in table.Columns)
        {
            var others = ColumnKinds.Of(column.Section.Kind).Encoder(column).Features.Count - column.Center.Length;
            means.AddRange([.. column.Center, .. Enumerable.Repeat(0.0, others)]);
            deviations.AddRange([.. column.Divisor, .. Enumerable.Repeat(1.0, others)]);
        }

        return new Scaling([.. means], [.. deviations]);
    }

    /// <summary>The same without columns that are described.</summary>
    /// <param name="here">The job's.</param>
    /// <param name="there">The model's.</param>
    /// <param name="places">The place there of each feature here, -1 for none; null: the same.</param>
    /// <param name="name">A feature's name.</param>
    public static string? Describe(Scaling? here, Scaling? there, int[]? places, Func<int, string> name)
    {
        if (here is null || there is null)
        {
            return here is null == there is null ? null
                : here is null ? "The model standardised its features and this job does not: set data.standardize to true."
                : "This job standardises its features and the model did not: leave data.standardize out.";
        }

        var (worst, most) = (-1, Little);
        for (var i = 0; i < here.Mean.Length; i++)
        {
            var j = places is null ? i : places[i];
            if (j >= 0 && j < there.Mean.Length && Of(here.Mean[i], here.Deviation[i], there.Mean[j], there.Deviation[j]) is var change && change > most)
            {
                (worst, most) = (i, change);
            }
        }

        if (worst < 0)
        {
            return null;
        }

        var at = places is null ? worst : places[worst];
        return string.Create(
            CultureInfo.InvariantCulture,
            $"Its features were standardised otherwise: {name(worst)} has mean {here.Mean[worst]:G4} and deviation {here.Deviation[worst]:G4} here, {there.Mean[at]:G4} and {there.Deviation[at]:G4} there, so that the weights taken meet other numbers than they were trained on.");
    }

    /// <summary>The same of a target that is a number.</summary>
    /// <param name="here">The job's.</param>
    /// <param name="there">The model's.</param>
    public static string? OfTarget(TargetScaling? here, TargetScaling? there)
    {
        if (here is null || there is null)
        {
            return here is null == there is null ? null
                : here is null ? "The model standardised its target and this job does not: set data.standardizeTarget to true."
                : "This job standardises its target and the model did not: leave data.standardizeTarget out.";
        }

        return Of(here.Mean, here.Deviation, there.Mean, there.Deviation) <= Little ? null : string.Create(
            CultureInfo.InvariantCulture,
            $"Its target was standardised otherwise: mean {here.Mean:G4} and deviation {here.Deviation:G4} here, {there.Mean:G4} and {there.Deviation:G4} there, so that its first predictions are off by as much.");
    }

    // A deviation of 0 makes every value 0.
    private static double Of(double hereMean, double hereDeviation, double thereMean, double thereDeviation) =>
        hereDeviation == 0 && thereDeviation == 0 ? 0
        : hereDeviation == 0 || thereDeviation == 0 ? double.PositiveInfinity
        : Math.Max(Math.Abs(hereMean - thereMean) / thereDeviation, Math.Abs(Math.Log(hereDeviation / thereDeviation)));
}
