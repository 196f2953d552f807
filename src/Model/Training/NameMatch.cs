using Granary.Jobs;

namespace Granary.Model.Training;

/// <summary>How the classes, features or tokens of a job match those of a file, by name.</summary>
/// <param name="What">"classes", "features", "characters", "words" or "tokens".</param>
/// <param name="Here">How many the job has.</param>
/// <param name="There">How many the file has.</param>
/// <param name="Matched">How many of the job's the file has too.</param>
/// <param name="Afresh">The first of the job's that the file does not have.</param>
/// <param name="Unused">The first of the file's that the job does not have.</param>
public sealed record NameMatch(string What, int Here, int There, int Matched, IReadOnlyList<string> Afresh, IReadOnlyList<string> Unused)
{
    private const int NamesKept = 12;

    /// <summary>The place there of each place here, -1 for none; null where both have the same names in the same order.</summary>
    internal int[]? Places { get; private init; }

    /// <summary>Whether all of the job's are in the file.</summary>
    internal bool IsWhole => Matched == Here;

    /// <summary>Matches two lists of names.</summary>
    internal static NameMatch Of(Axis axis, string what, IReadOnlyList<string?> here, IReadOnlyList<string?> there)
    {
        if (here.SequenceEqual(there))
        {
            return new NameMatch(what, here.Count, there.Count, here.Count, [], []);
        }

        var at = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < there.Count; i++)
        {
            if (there[i] is { } name)
            {
                at.TryAdd(name, i);
            }
        }

        int[] places = [.. here.Select(name => name is not null && at.TryGetValue(name, out var place) ? place : -1)];
        var known = here.ToHashSet();
        string[] Names(IEnumerable<string?> names) => [.. names.Select(n => n is null ? "one without a name" : AxisNames.Show(axis, n)).Take(NamesKept)];
        return new NameMatch(
            what,
            here.Count,
            there.Count,
            places.Count(p => p >= 0),
            Names(here.Where((_, i) => places[i] < 0)),
            Names(there.Where(n => n is null || !known.Contains(n))))
        {
            Places = places,
        };
    }

    /// <summary>"58 of 65 characters are in the file; 7 start afresh: 'é', 'ü' and 5 more; 3 of the file's are not used: ..."</summary>
    internal string Describe()
    {
        var (afresh, unused) = (Here - Matched, There - Matched);
        return $"{Matched} of {Here} {What} are in the file"
            + (afresh > 0 ? $"; {afresh} {(afresh == 1 ? "starts" : "start")} afresh: {List(Afresh, afresh)}" : "")
            + (unused > 0 ? $"; {unused} of the file's {(unused == 1 ? "is" : "are")} not used: {List(Unused, unused)}" : "")
            + ".";
    }

    private static string List(IReadOnlyList<string> first, int count) =>
        string.Join(", ", first) + (count > first.Count ? $" and {count - first.Count} more" : "");
}
