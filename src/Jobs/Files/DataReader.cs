namespace Granary.Jobs;

/// <summary>Reads the <c>data</c> section. Paths become absolute, and must lead somewhere.</summary>
internal static class DataReader
{
    public static DataSection Read(YamlMap map, string folder, string currentDirectory)
    {
        map.Expect(
            "format", "path", "labels", "label", "delimiter", "missing", "missingValues", "ignore", "target", "cache", "features", "standardize", "tokens", "encoding", "vocab", "merges", "minCount", "shards",
            "validation");
        var defaults = new DataSection { Format = DataFormat.Csv, Path = "" };
        var format = map.Enum<DataFormat>("format", null);
        var validation = map.Map("validation");
        validation.Expect("fraction", "path", "labels");
        var data = new DataSection
        {
            Format = format,
            Path = File(map, "path", folder, currentDirectory, format, required: true)!,
            Labels = File(map, "labels", folder, currentDirectory, DataFormat.Idx, required: format == DataFormat.Idx),
            Label = map.Text("label", required: format is DataFormat.Csv or DataFormat.Parquet),
            Delimiter = Delimiter(map, defaults.Delimiter),
            Missing = map.Enum<MissingValues>("missing", defaults.Missing),
            MissingSpellings = map.Has("missingValues") ? map.Texts("missingValues", "[NA, \"?\", -999]") : defaults.MissingSpellings,
            Ignore = map.Names("ignore"),
            Target = map.Enum<LabelTarget>("target", defaults.Target),
            Cache = map.Bool("cache", defaults.Cache),
            Features = map.Has("features") ? map.Int("features", min: 1, max: 1 << 28) : null,
            Standardize = map.Bool("standardize", defaults.Standardize),
            Tokens = map.Enum<TokenKind>("tokens", defaults.Tokens),
            Encoding = map.Has("encoding") ? map.Enum<TokenEncoding>("encoding", null) : null,
            Vocab = File(map, "vocab", folder, currentDirectory, format, required: false),
            Merges = File(map, "merges", folder, currentDirectory, format, required: false),
            MinCount = map.Int("minCount", defaults.MinCount, min: 1),
            Shards = map.Int("shards", defaults.Shards, min: 1, max: 1 << 16),
            Validation = new ValidationSection
            {
                Fraction = validation.Number("fraction", 0, f => f is >= 0 and < 1, "must be at least 0 and below 1"),
                Path = File(validation, "path", folder, currentDirectory, format, required: false),
                Labels = File(validation, "labels", folder, currentDirectory, DataFormat.Idx, required: false),
            },
        };
        if (data.Label is { } label && data.Ignore.Contains(label))
        {
            throw map.Error("ignore", $"data.ignore names '{label}', which is the label (data.label).");
        }

        if (data.Validation is { Path: not null, Fraction: > 0 })
        {
            throw validation.Error("fraction", "data.validation has a fraction and a path: held-out examples come from one or the other.");
        }

        if (data.Validation.Labels is not null && (format != DataFormat.Idx || data.Validation.Path is null))
        {
            throw validation.Error("labels", format != DataFormat.Idx
                ? $"data.validation.labels has no meaning for {Kebab.Name(format)}: it belongs to idx."
                : "data.validation.labels stands alone: data.validation.path, the images' file, is missing.");
        }

        if (format == DataFormat.Idx && data.Validation is { Path: not null, Labels: null })
        {
            throw validation.Error("path", "data.validation.labels is missing: idx images need their labels' file.");
        }

        return data;
    }

    private static string Delimiter(YamlMap map, string fallback)
    {
        // Without quotes, or in single ones, YAML leaves \t as it is.
        var text = map.Text("delimiter") is { } given ? given == "\\t" ? "\t" : given : fallback;
        return text.Length == 1 && text[0] is '\t' or (>= ' ' and <= '~' and not '"') && !char.IsAsciiLetterOrDigit(text[0])
            ? text
            : throw map.Error("delimiter", $"data.delimiter is '{text}', but must be one ASCII character, such as \";\" or \"\\t\" (a tab), and no quote, letter or digit.");
    }

    private static string? File(YamlMap map, string key, string folder, string currentDirectory, DataFormat format, bool required)
    {
        if (map.Text(key, required) is not { } text)
        {
            return null;
        }

        if (text.Length == 0 || text.Contains('\0'))
        {
            throw map.Error(key, $"{map.Full(key)} is '{text}', which is no path.");
        }

        var path = Path.GetFullPath(text, map.IsOverride(key) ? currentDirectory : folder);
        if (format != DataFormat.Idx && key == "path" && DataFiles.IsGlob(path))
        {
            return DataFiles.Expand(path).Count > 0 ? path : throw map.Error(key, $"{map.Full(key)}: no file matches {path}.");
        }

        return System.IO.File.Exists(path)
            ? path
            : throw map.Error(key, $"{map.Full(key)}: " + (Directory.Exists(path) ? $"{path} is a folder, not a file." : $"there is no file {path}."));
    }
}
