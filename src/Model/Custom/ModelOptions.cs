using System.Globalization;
using Granary.Jobs;

namespace Granary.Model.Custom;

/// <summary>The options that a job file gives a model or a format of one's own (<c>model.options</c>, <c>data.options</c>), read by name. One that is never asked for
/// is refused once the model has been made.</summary>
public sealed class ModelOptions
{
    private readonly string _kind;
    private readonly IReadOnlyDictionary<string, string> _given;
    private readonly HashSet<string> _known = [];

    private readonly string _path;

    internal ModelOptions(string kind, IReadOnlyDictionary<string, string> given, string path = "model.options") => (_kind, _given, _path) = (kind, given, path);

    /// <summary>A whole number in [min, max].</summary>
    /// <exception cref="JobException">The job file gives none such.</exception>
    public int Int(string name, int fallback, int min = int.MinValue, int max = int.MaxValue)
    {
        if (Text(name, null) is not { } text)
        {
            return fallback;
        }

        return YamlScalar.Whole(text) is { } value && value >= min && value <= max
            ? (int)value
            : throw Wrong(name, text, $"a whole number{Range(min, max, int.MinValue, int.MaxValue)}", YamlScalar.WholeRemedy(text));
    }

    /// <summary>A finite number in [min, max].</summary>
    /// <exception cref="JobException">The job file gives none such.</exception>
    public double Number(string name, double fallback, double min = double.MinValue, double max = double.MaxValue)
    {
        if (Text(name, null) is not { } text)
        {
            return fallback;
        }

        return YamlScalar.Number(text) is { } value && value >= min && value <= max
            ? value
            : throw Wrong(name, text, $"a finite number{Range(min, max, double.MinValue, double.MaxValue)}", YamlScalar.NumberRemedy(text));
    }

    /// <summary>true or false.</summary>
    /// <exception cref="JobException">The job file gives neither.</exception>
    public bool Bool(string name, bool fallback) => Text(name, null) is not { } text
        ? fallback
        : YamlScalar.Bool(text) ?? throw Wrong(name, text, "true or false", YamlScalar.BoolRemedy(text));

    /// <summary>The text that the job file gives, or the fallback.</summary>
    public string? Text(string name, string? fallback)
    {
        _known.Add(name);
        return _given.GetValueOrDefault(name, fallback!);
    }

    /// <summary>Reads a model's options where it is no <see cref="OwnModel"/>, and refuses those that are not asked for.</summary>
    /// <param name="model">The job file's section.</param>
    /// <param name="read">Asks for every option that there is.</param>
    /// <exception cref="JobException">An option is wrong, or there is no such option.</exception>
    public static T Read<T>(ModelSection model, Func<ModelOptions, T> read)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(read);
        var options = new ModelOptions(model.Kind, model.Options);
        var made = read(options);
        options.RefuseOthers();
        return made;
    }

    /// <exception cref="JobException">An option is given that the model has not asked for.</exception>
    internal void RefuseOthers()
    {
        if (_given.Keys.FirstOrDefault(k => !_known.Contains(k)) is { } other)
        {
            throw new JobException($"{_path}.{other} is no option of {_kind}: "
                + (_known.Count == 0 ? "it has none." : $"it has {string.Join(", ", _known.Order(StringComparer.Ordinal))}."));
        }
    }

    private static string Range<T>(T min, T max, T least, T greatest)
        where T : struct, IFormattable, IComparable<T> =>
        (min.CompareTo(least) > 0 ? string.Create(CultureInfo.InvariantCulture, $" of at least {min}") : "")
        + (max.CompareTo(greatest) < 0 ? string.Create(CultureInfo.InvariantCulture, $"{(min.CompareTo(least) > 0 ? " and" : " of")} at most {max}") : "");

    private JobException Wrong(string name, string text, string rule, string remedy) =>
        new($"{_path}.{name} is '{text}', but must be {rule}.{remedy}");
}
