namespace Granary.Client.Display;

/// <summary>Names in the order in which people count: silo-2 before silo-10.</summary>
internal sealed class NaturalOrder : IComparer<string>
{
    /// <summary>The only one.</summary>
    public static NaturalOrder Instance { get; } = new();

    /// <inheritdoc/>
    public int Compare(string? x, string? y)
    {
        var (a, b) = (Split(x ?? ""), Split(y ?? ""));
        return string.CompareOrdinal(a.Text, b.Text) is var text and not 0 ? text
            : a.Digits.Length != b.Digits.Length ? a.Digits.Length - b.Digits.Length
            : string.CompareOrdinal(a.Digits, b.Digits);
    }

    private static (string Text, string Digits) Split(string name)
    {
        var text = name.TrimEnd('0', '1', '2', '3', '4', '5', '6', '7', '8', '9');
        return (text, name[text.Length..]);
    }
}
