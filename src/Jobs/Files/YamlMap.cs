using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Granary.Jobs;

/// <summary>One section of a YAML file: reads typed values by key, with the line of each, and refuses unknown keys.</summary>
/// <param name="node">The section.</param>
/// <param name="path">Its dotted path; empty for the whole file.</param>
/// <param name="source">Where its nodes come from.</param>
internal sealed class YamlMap(YamlMappingNode node, string path, YamlSource source)
{
    private readonly HashSet<string> _known = [];

    /// <summary>The section's dotted path.</summary>
    public string Path => path;

    /// <summary>Whether the section has a key.</summary>
    public bool Has(string key) => Find(key) is not null;

    /// <summary>Whether a key's value is a section.</summary>
    public bool IsSection(string key) => Find(key) is YamlMappingNode;

    /// <summary>The keys there are, where they are names of the user's own.</summary>
    public IReadOnlyList<string> Keys => [.. node.Children.Keys.Select(k =>
        (k as YamlScalarNode)?.Value is { } name ? name : throw new JobException($"{source.Place(k)}: '{k}' in {path} is no name."))];

    /// <summary>Whether a key's value comes from the command line.</summary>
    public bool IsOverride(string key) => Find(key) is { } value && source.IsOverride(value);

    /// <summary>A section within this one; an empty one where it is missing.</summary>
    public YamlMap Map(string key) => Find(key) switch
    {
        null => new YamlMap(Empty(), Full(key), source),
        YamlMappingNode map => new YamlMap(map, Full(key), source),
        { } other => throw new JobException($"{source.Place(other)}: {Full(key)} is a section: it needs keys of its own below it."),
    };

    private YamlMappingNode Empty()
    {
        var empty = new YamlMappingNode();
        if (source.IsOverride(node))
        {
            source.Mark(empty, source.Place(node)["--set ".Length..]);
        }

        return empty;
    }

    /// <summary>A text.</summary>
    public string? Text(string key, bool required = false)
    {
        switch (Find(key))
        {
            case null when required:
                throw Missing(key);
            case null:
                return null;
            case YamlScalarNode scalar:
                return scalar.Value ?? "";
            case { } other:
                throw new JobException($"{source.Place(other)}: {Full(key)} must be a single value.");
        }
    }

    /// <summary>A whole number in [min, max].</summary>
    public int Int(string key, int fallback = 0, bool required = false, int min = int.MinValue, int max = int.MaxValue) =>
        (int)Long(key, fallback, required, min, max);

    /// <summary>A whole number in [min, max].</summary>
    public long Long(string key, long fallback = 0, bool required = false, long min = long.MinValue, long max = long.MaxValue)
    {
        if (Text(key, required) is not { } text)
        {
            return fallback;
        }

        if (YamlScalar.Whole(text) is not { } value)
        {
            throw Error(key, $"{Full(key)} is '{text}', which is not a whole number.{YamlScalar.WholeRemedy(text)}");
        }

        return value < min ? throw Error(key, $"{Full(key)} is {value}, but must be at least {min}.")
            : value > max ? throw Error(key, $"{Full(key)} is {value}, but must be at most {max}.")
            : (long)value;
    }

    /// <summary>A finite number that passes a test.</summary>
    /// <param name="key">Its key.</param>
    /// <param name="fallback">Where it is missing.</param>
    /// <param name="test">What it must satisfy.</param>
    /// <param name="rule">The same in words: "must be above 0".</param>
    public double Number(string key, double fallback, Func<double, bool> test, string rule)
    {
        if (Text(key) is not { } text)
        {
            return fallback;
        }

        if (YamlScalar.Number(text) is not { } value)
        {
            throw Error(key, $"{Full(key)} is '{text}', which is not a finite number.{YamlScalar.NumberRemedy(text)}");
        }

        return test(value) ? value : throw Error(key, $"{Full(key)} is {text}, but {rule}.");
    }

    /// <summary>true or false.</summary>
    public bool Bool(string key, bool fallback) => Text(key) is not { } text
        ? fallback
        : YamlScalar.Bool(text) ?? throw Error(key, $"{Full(key)} is '{text}', but must be true or false.{YamlScalar.BoolRemedy(text)}");

    /// <summary>One of the names of an enum, in kebab-case.</summary>
    public T Enum<T>(string key, T? fallback)
        where T : struct, Enum
    {
        if (Text(key, required: fallback is null) is not { } text)
        {
            return fallback!.Value;
        }

        var names = System.Enum.GetValues<T>().ToDictionary(Kebab.Name, v => v);
        if (names.TryGetValue(text, out var value))
        {
            return value;
        }

        throw NoChoice(key, text, names.Keys);
    }

    /// <summary>An error: a key's text is none of the names that it may be.</summary>
    public JobException NoChoice(string key, string text, IEnumerable<string> names)
    {
        var nearest = Nearest.To(text, names) is { } near ? $" Did you mean {near}?" : "";
        return Error(key, $"{Full(key)} is '{text}', but must be one of {string.Join(", ", names)}.{nearest}");
    }

    /// <summary>A list of sections, each with the path "key[place]".</summary>
    public IReadOnlyList<YamlMap> Maps(string key)
    {
        switch (Find(key))
        {
            case null:
                return [];
            case YamlSequenceNode list:
                return [.. list.Children.Select((child, i) => child is YamlMappingNode map
                    ? new YamlMap(map, $"{Full(key)}[{i}]", source)
                    : throw new JobException($"{source.Place(child)}: {Full(key)} holds '{child}', which is no section with keys of its own."))];
            case { } other:
                throw new JobException($"{source.Place(other)}: {Full(key)} must be a list of sections.");
        }
    }

    /// <summary>A number above 0, or a list of two such in rising order: a range.</summary>
    public (double Least, double Most)? Range(string key)
    {
        var texts = Find(key) switch
        {
            null => [],
            YamlScalarNode { Value: { } one } => [one],
            YamlSequenceNode { Children: [YamlScalarNode { Value: { } low }, YamlScalarNode { Value: { } high }] } => new[] { low, high },
            _ => throw Error(key, $"{Full(key)} must be a number, or two in brackets, such as [2, 5]."),
        };
        double[] numbers = [.. texts.Select(t => YamlScalar.Number(t) is > 0 and var n
            ? n
            : throw Error(key, $"{Full(key)} holds '{t}', which is not a finite number above 0.{YamlScalar.NumberRemedy(t)}"))];
        return numbers.Length == 0 ? null
            : numbers[0] <= numbers[^1] ? (numbers[0], numbers[^1])
            : throw Error(key, $"{Full(key)} is [{texts[0]}, {texts[1]}], but the lower number comes first.");
    }

    /// <summary>A list of whole numbers, each at least 1.</summary>
    public IReadOnlyList<int> Widths(string key)
    {
        switch (Find(key))
        {
            case null:
                return [];
            case YamlSequenceNode list:
                return [.. list.Children.Select(c => Width(key, c))];
            case { } other:
                throw new JobException($"{source.Place(other)}: {Full(key)} must be a list, such as [64, 32].");
        }
    }

    private int Width(string key, YamlNode node)
    {
        var text = (node as YamlScalarNode)?.Value ?? "";
        return YamlScalar.Whole(text) is not { } width || width < 1
                ? throw new JobException($"{source.Place(node)}: {Full(key)} holds '{node}', which is not a whole number of at least 1.{YamlScalar.WholeRemedy(text)}")
            : width > int.MaxValue ? throw new JobException($"{source.Place(node)}: {Full(key)} holds {width}, but must hold at most {int.MaxValue} each.")
            : (int)width;
    }

    /// <summary>A list of different names; an empty one too, for a column without a name.</summary>
    public IReadOnlyList<string> Names(string key)
    {
        switch (Find(key))
        {
            case null:
                return [];
            case YamlSequenceNode list:
                string[] names = [.. list.Children.Select(c => (c as YamlScalarNode)?.Value is { } name
                    ? name
                    : throw new JobException($"{source.Place(c)}: {Full(key)} holds '{c}', which is no name."))];
                return names.GroupBy(n => n).FirstOrDefault(g => g.Count() > 1) is { } twice
                    ? throw new JobException($"{source.Place(list)}: {Full(key)} names '{twice.Key}' twice.")
                    : names;
            case { } other:
                throw new JobException($"{source.Place(other)}: {Full(key)} must be a list, such as [id, comment].");
        }
    }

    /// <summary>A list of texts, which may be empty ones.</summary>
    /// <param name="key">Its key.</param>
    /// <param name="example">A list, for messages.</param>
    public IReadOnlyList<string> Texts(string key, string example) => Find(key) switch
    {
        null => [],
        YamlSequenceNode list => [.. list.Children.Select(c => (c as YamlScalarNode)?.Value
            ?? throw new JobException($"{source.Place(c)}: {Full(key)} holds '{c}', which is no single value."))],
        { } other => throw new JobException($"{source.Place(other)}: {Full(key)} must be a list, such as {example}."),
    };

    /// <summary>An error at a key's value, or at the section where it is missing.</summary>
    public JobException Error(string key, string message) => new($"{source.Place(Find(key) ?? node)}: {message}");

    /// <summary>An error: a key that there must be is missing.</summary>
    public JobException Missing(string key) => new($"{source.Place(node)}: {Full(key)} is missing.");

    /// <summary>Says which keys there may be, and refuses every other: a misspelt key is told before the one it stands for is
    /// missed.</summary>
    public void Expect(params string[] keys)
    {
        _known.UnionWith(keys);
        foreach (var key in node.Children.Keys)
        {
            var name = (key as YamlScalarNode)?.Value ?? key.ToString();
            if (!_known.Contains(name))
            {
                var nearest = Nearest.To(name, _known) is { } near ? $"; did you mean {Full(near)}?" : $". Known here: {string.Join(", ", _known)}.";
                throw new JobException($"{source.Place(key)}: {Full(name)} is not a key of a {source.What}{nearest}");
            }
        }
    }

    // "name:" without a value, YAML's null, says as much as no key at all.
    private YamlNode? Find(string key) => node.Children.TryGetValue(new YamlScalarNode(key), out var value) && !IsNull(value) ? value : null;

    private static bool IsNull(YamlNode value) =>
        value is YamlScalarNode { Style: ScalarStyle.Plain or ScalarStyle.Any, Value: null or "" or "~" or "null" or "Null" or "NULL" };

    /// <summary>The dotted path of a key of this section: "training.optimizer.kind".</summary>
    public string Full(string key) => path.Length == 0 ? key : $"{path}.{key}";
}
