using Granary.Jobs;
using Granary.Model.Files;

namespace Granary.Model.Training;

/// <summary>Which of a network's parameters a file has.</summary>
/// <param name="File">The file.</param>
/// <param name="Taken">Parameters that start from the file.</param>
/// <param name="Misshapen">Parameters whose tensor has other sizes: "'weight' is [3, 2] there and [3, 4] here".</param>
/// <param name="Missing">Parameters that the file does not have.</param>
/// <param name="Unused">Tensors of the file that the network does not have.</param>
public sealed record InitialMatch(
    string File, IReadOnlyList<string> Taken, IReadOnlyList<string> Misshapen, IReadOnlyList<string> Missing, IReadOnlyList<string> Unused)
{
    private const int NamesInMessage = 12;

    /// <exception cref="JobException">Nothing matches.</exception>
    public static InitialMatch Of(SafetensorsFile file, IReadOnlyList<ParameterShape> shape)
    {
        var there = file.Tensors.ToDictionary(t => t.Name);
        var taken = new List<string>();
        var (misshapen, missing) = (new List<string>(), new List<string>());
        foreach (var parameter in shape)
        {
            if (!there.Remove(parameter.Name, out var tensor))
            {
                missing.Add(parameter.Name);
            }
            else if (!tensor.IsFloatingPoint || !tensor.Dims.SequenceEqual(parameter.Dims))
            {
                misshapen.Add($"'{parameter.Name}' is {(tensor.IsFloatingPoint ? "" : tensor.Type + " ")}{tensor.Shape} there "
                    + $"and {SafetensorsEntry.Describe(parameter.Dims)} here");
            }
            else
            {
                taken.Add(parameter.Name);
            }
        }

        var match = new InitialMatch(file.Name, taken, misshapen, missing, [.. there.Keys.Order(StringComparer.Ordinal)]);
        return taken.Count > 0
            ? match
            : throw new JobException($"{match.Describe()} Nothing could be taken: name a file of a model like this one, or leave model.init out.");
    }

    /// <summary>One line: what is taken from the file, what is not and why.</summary>
    public string Describe() => Missing.Count + Misshapen.Count + Unused.Count == 0
        ? $"model.init: {File}: all {Taken.Count} parameters are taken."
        : $"model.init: {File}: {Taken.Count} of {Taken.Count + Misshapen.Count + Missing.Count} parameters are taken{List(": ", Taken)}."
            + (Misshapen.Count > 0 ? $" Of other sizes, so not taken: {List("", Misshapen)}." : "")
            + (Missing.Count > 0 ? $" Not in the file: {List("", Missing)}." : "")
            + (Unused.Count > 0 ? $" In the file, but not in the model: {List("", Unused)}." : "");

    private static string List(string before, IReadOnlyList<string> names) => names.Count == 0
        ? ""
        : before + string.Join(", ", names.Take(NamesInMessage)) + (names.Count > NamesInMessage ? $" and {names.Count - NamesInMessage} more" : "");
}
