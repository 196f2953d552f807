using System.Globalization;
using Granary.Jobs;

namespace Granary.Model.Data;

/// <summary>What a number is that is read of a row behind its features.</summary>
internal enum NumberRole { Target, Label, Weight }

/// <summary>A column that is read as numbers and is no feature. None of them may be missing, also where features are filled in.</summary>
/// <param name="Column">Its place in the table.</param>
/// <param name="Role">What it is.</param>
internal sealed record NumberColumn(int Column, NumberRole Role)
{
    /// <summary>Those of a job, in their order.</summary>
    /// <param name="data">What the label is.</param>
    /// <param name="label">The label's place.</param>
    /// <param name="weight">The weight's place; -1: rows have none.</param>
    /// <param name="labels">The places of labels of which a row has any number; empty where it has one.</param>
    public static IReadOnlyList<NumberColumn> Of(DataSection data, int label, int weight, IReadOnlyList<int> labels) =>
    [
        .. labels.Select(l => new NumberColumn(l, NumberRole.Label)),
        .. data.HasNumbers ? [new NumberColumn(label, NumberRole.Target)] : Array.Empty<NumberColumn>(),
        .. weight >= 0 ? [new NumberColumn(weight, NumberRole.Weight)] : Array.Empty<NumberColumn>(),
    ];

    /// <summary>Whether a number can be what it is to be; NaN, which stands for a missing one, never can.</summary>
    public bool Takes(double value) => Role switch
    {
        NumberRole.Label => value is 0 or 1,
        NumberRole.Weight => double.IsFinite(value) && value >= 0,
        _ => double.IsFinite(value),
    };

    /// <summary>A cell's number.</summary>
    /// <param name="name">The column's name.</param>
    /// <param name="text">The cell, trimmed.</param>
    /// <param name="missing">Which cells have no value.</param>
    /// <param name="error">An error at the cell.</param>
    /// <exception cref="JobException">It is missing, or is none.</exception>
    public double Read(string name, ReadOnlySpan<char> text, MissingCells missing, Func<string, JobException> error)
    {
        var isNumber = double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value);
        return text.IsEmpty ? throw error($"column '{name}' is empty: {Needs}: give it one, or leave the row out")
            : (missing.Has(text) && (MayBeCode || !isNumber || double.IsNaN(value))) || (isNumber && MayBeCode && missing.Has(value)) ? throw error($"column '{name}' holds '{text}', which stands for a missing value, but {Needs}: give it one, or leave the row out")
            : !isNumber ? throw error($"column '{name}' holds '{text}', which is not a number, but {Key}: correct it, or leave the row out")
            : Takes(value) ? value
            : throw error($"column '{name}' holds '{text}', which is {NotOne(value)}: correct it, or leave the row out");
    }

    // A number that stands for a missing feature is a weight like any other: 0 is a usual one.
    private bool MayBeCode => Role == NumberRole.Target;

    /// <summary>Whether a number of a file that has numbers stands for a missing one, or is missing.</summary>
    public bool IsMissing(double? value, MissingCells missing) => value is not { } x || (double.IsNaN(x) ? missing.AnyNaN : MayBeCode && missing.AnyNumber && missing.Has(x));

    /// <summary>"every row needs a target".</summary>
    public string Needs => Role switch
    {
        NumberRole.Label => "every row needs 0 or 1 for each label",
        NumberRole.Weight => "every row needs a weight (data.weight)",
        _ => "every row needs a target",
    };

    /// <summary>What makes it a number: "data.target is number".</summary>
    public string Key => Role switch
    {
        NumberRole.Label => "it is a label (data.labelColumns): 1 where a row has it, else 0",
        NumberRole.Weight => "it is data.weight",
        _ => "data.target is number",
    };

    /// <summary>The job file's key that names it.</summary>
    public string NamedBy => Role switch { NumberRole.Label => "labelColumns", NumberRole.Weight => "weight", _ => "label" };

    /// <summary>What is wrong with a number that it does not take: "not a finite number".</summary>
    public string NotOne(double value) => Role == NumberRole.Label ? "no label (data.labelColumns): it is 1 where a row has it, else 0"
        : double.IsFinite(value) ? "no weight (data.weight), which is 0 or more"
        : "not a finite number";
}
