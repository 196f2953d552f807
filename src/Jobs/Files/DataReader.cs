namespace Granary.Jobs;

/// <summary>Reads the <c>data</c> section. Paths become absolute, and must lead somewhere.</summary>
internal static class DataReader
{
    public static DataSection Read(YamlMap map, string folder, string currentDirectory)
    {
        map.Expect(
            "format", "path", "labels", "label", "delimiter", "missing", "missingValues", "ignore", "target", "cache", "features", "standardize", "tokens", "encoding", "vocab", "merges", "vocabulary", "minCount", "shards",
            "validation");
        var defaults = new DataSection { Format = DataFormat.Csv, Path = "" };
        var format = map.Enum<DataFormat>("format", null);
        var validation = map.Map("validation");
        validation.Expect("fraction", "path", "labels");
        var data = new DataSection
        {
            Format = format,
            Path = Source(map)!,
            Labels = FilePath.Read(map, "labels", folder, currentDirectory, required: format == DataFormat.Idx),
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
            Vocab = FilePath.Read(map, "vocab", folder, currentDirectory),
            Merges = FilePath.Read(map, "merges", folder, currentDirectory),
            Vocabulary = ModelPath.Read(map, "vocabulary", folder, currentDirectory),
            MinCount = map.Int("minCount", defaults.MinCount, min: 1),
            Shards = map.Int("shards", defaults.Shards, min: 1, max: 1 << 16),
            Validation = new ValidationSection
            {
                Fraction = validation.Number("fraction", 0, f => f is >= 0 and < 1, "must be at least 0 and below 1"),
                Path = Source(validation),
                Labels = FilePath.Read(validation, "labels", folder, currentDirectory),
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

        // Images and labels are told apart by the files' names: of idx, a source is one file.
        string? Source(YamlMap section) => format == DataFormat.Idx
            ? FilePath.Read(section, "path", folder, currentDirectory, required: section == map)
            : FilePath.ReadSource(section, "path", folder, currentDirectory, isTable: format is DataFormat.Csv or DataFormat.Parquet, required: section == map);
    }

    private static string Delimiter(YamlMap map, string fallback)
    {
        // Without quotes, or in single ones, YAML leaves \t as it is.
        var text = map.Text("delimiter") is { } given ? given == "\\t" ? "\t" : given : fallback;
        return text.Length == 1 && text[0] is '\t' or (>= ' ' and <= '~' and not '"') && !char.IsAsciiLetterOrDigit(text[0])
            ? text
            : throw map.Error("delimiter", $"data.delimiter is '{text}', but must be one ASCII character, such as \";\" or \"\\t\" (a tab), and no quote, letter or digit.");
    }
}
