namespace Granary.Model.Training;

/// <summary>Which of a network's parameters start from a file, and which places of them.</summary>
/// <param name="File">The file.</param>
/// <param name="Taken">Parameters that start from the file; see <see cref="Names"/> for the places that do not.</param>
/// <param name="Misshapen">Parameters whose tensor has other sizes, or stands for something else: "'weight' is [3, 2] there and [3, 4] here".</param>
/// <param name="Missing">Parameters that the file does not have.</param>
/// <param name="Unused">Tensors of the file that the network does not have.</param>
public sealed record InitialMatch(
    string File, IReadOnlyList<string> Taken, IReadOnlyList<string> Misshapen, IReadOnlyList<string> Missing, IReadOnlyList<string> Unused)
{
    private const int NamesInMessage = 12;

    /// <summary>Parameters of whose classes, features or tokens the file has none.</summary>
    public IReadOnlyList<string> Unmatched { get; init; } = [];

    /// <summary>Vectors of categories, and weights above them, where the file's columns or categories are others.</summary>
    public IReadOnlyList<string> OfOtherCategories { get; init; } = [];

    /// <summary>How classes, features or tokens match, where the file and the job have names for them and these are not the same.</summary>
    public IReadOnlyList<NameMatch> Names { get; init; } = [];

    /// <summary>What wrappers had put into the file's names: "module.".</summary>
    public IReadOnlyList<string> Without { get; init; } = [];

    /// <summary>What else the user should know, a sentence each, and what may go wrong if he does not.</summary>
    public IReadOnlyList<string> Doubts { get; init; } = [];

    /// <summary>What else is worth knowing, a sentence each.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>Whether anything starts otherwise than its user may think: then <see cref="Describe"/> is a warning.</summary>
    public bool IsDoubtful => Misshapen.Count + Missing.Count + Unmatched.Count + OfOtherCategories.Count + Doubts.Count > 0 || Names.Any(n => !n.IsWhole);

    /// <summary>Where each parameter that is taken comes from.</summary>
    internal IReadOnlyDictionary<string, ParameterSource> Sources { get; init; } = new Dictionary<string, ParameterSource>();

    /// <summary>One line: what is taken from the file, what is not and why.</summary>
    public string Describe() => string.Join(' ', Sentences());

    private IEnumerable<string> Sentences()
    {
        var all = Taken.Count + Misshapen.Count + Unmatched.Count + OfOtherCategories.Count + Missing.Count;
        var without = Without.Count == 0 ? "" : $" (names are read without {string.Join(" and ", Without.Select(w => $"'{w}'"))})";
        var whole = Taken.Count == all && Names.All(n => n.IsWhole);
        yield return whole && Unused.Count == 0 ? $"model.init: {File}: all {all} parameters are taken{without}."
            : $"model.init: {File}: {Taken.Count} of {all} parameters are taken{without}{(Taken.Count == all ? "" : List(": ", Taken))}.";
        foreach (var match in Names.Where(n => !n.IsWhole || n.There > n.Matched))
        {
            yield return match.Describe();
        }

        foreach (var (what, names) in new[]
        {
            ("Of other sizes, so not taken", Misshapen), ("Not taken, as the file has none of their names", Unmatched),
            ("Not taken, as the file's columns or categories are others", OfOtherCategories), ("Not in the file", Missing),
            ("In the file, but not in the model", Unused),
        })
        {
            if (names.Count > 0)
            {
                yield return $"{what}: {List("", names)}.";
            }
        }

        foreach (var sentence in Doubts.Concat(Notes))
        {
            yield return sentence;
        }
    }

    private static string List(string before, IReadOnlyList<string> names) => names.Count == 0
        ? ""
        : before + string.Join(", ", names.Take(NamesInMessage)) + (names.Count > NamesInMessage ? $" and {names.Count - NamesInMessage} more" : "");
}
