namespace Granary.Jobs;

/// <summary>Names of kinds that job files choose among: of models, optimisers, formats.</summary>
internal static class KindNames
{
    private const int Longest = 64;

    /// <summary>Whether a text is one: 1 to 64 lower-case letters, digits and hyphens, a letter first.</summary>
    public static bool IsName(string name) => name.Length is > 0 and <= Longest && char.IsAsciiLetterLower(name[0])
        && name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-');

    /// <exception cref="ArgumentException">It is none.</exception>
    public static void Require(string name, string what)
    {
        if (!IsName(name))
        {
            throw new ArgumentException($"'{name}' is no name for {what}: it takes 1 to {Longest} lower-case letters, digits and hyphens, a letter first.", nameof(name));
        }
    }
}
