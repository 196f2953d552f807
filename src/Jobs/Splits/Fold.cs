using System.Globalization;

namespace Granary.Jobs;

/// <summary>One of k folds: the part that is held out while the others are trained on.</summary>
/// <param name="Number">Which, from 1.</param>
/// <param name="Of">How many there are, k.</param>
public sealed record Fold(int Number, int Of)
{
    /// <summary>The most folds.</summary>
    public const int Most = 1000;

    /// <summary>The form, for messages.</summary>
    public const string Form = "i/k with 1 <= i <= k and k from 2 to 1000";

    /// <summary>Reads "2/5"; null: it is none.</summary>
    public static Fold? Parse(string text) =>
        text.Split('/') is [var number, var of]
            && int.TryParse(number, NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out var i)
            && int.TryParse(of, NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out var k)
            && k is >= 2 and <= Most && i >= 1 && i <= k
            ? new Fold(i, k)
            : null;

    /// <summary>"2/5".</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Number}/{Of}");
}
