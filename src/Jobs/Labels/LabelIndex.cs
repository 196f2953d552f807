namespace Granary.Jobs;

/// <summary>Which class a label is. Where every class is a number, labels are numbers, and each spelling of one is the same label; else labels
/// are texts, and equal only as they are written. Reading is safe for several threads.</summary>
public sealed class LabelIndex
{
    private readonly Dictionary<string, int> _byName = new(StringComparer.Ordinal);
    private readonly Dictionary<LabelNumber, int> _byNumber = [];

    /// <param name="classes">Label names in class order.</param>
    public LabelIndex(IReadOnlyList<string> classes)
    {
        for (var id = 0; id < classes.Count; id++)
        {
            _byName[classes[id]] = id;
        }

        if (Numbers(classes) is { } numbers)
        {
            for (var id = 0; id < numbers.Count; id++)
            {
                _byNumber.TryAdd(numbers[id], id);
            }
        }
    }

    /// <summary>The class of a label; null: it is none of them.</summary>
    public int? Find(string label) =>
        _byName.TryGetValue(label, out var id) || (_byNumber.Count > 0 && LabelNumber.Parse(label) is { } number && _byNumber.TryGetValue(number, out id))
            ? id
            : null;

    /// <summary>Labels as numbers; null where one of them is none.</summary>
    public static IReadOnlyList<LabelNumber>? Numbers(IEnumerable<string> labels)
    {
        var numbers = new List<LabelNumber>();
        foreach (var label in labels)
        {
            if (LabelNumber.Parse(label) is not { } number)
            {
                return null;
            }

            numbers.Add(number);
        }

        return numbers;
    }
}
