namespace Granary.Jobs;

/// <summary>Rules between the keys of <c>data.validation</c>, and of these with the columns.</summary>
internal static class ValidationChecks
{
    /// <exception cref="JobException">Two keys cannot stand together, or one needs another.</exception>
    public static void Check(DataSection section, YamlMap data)
    {
        var validation = data.Map("validation");
        CheckSource(section, validation);
        CheckPlace(section, validation);
        CheckSplit(section, validation);
        CheckColumn(section, validation, "group", section.Validation.Group);
        CheckColumn(section, validation, "time", section.Validation.Time);
    }

    private static void CheckSource(DataSection section, YamlMap validation)
    {
        var held = section.Validation;
        if (held is { Path: not null, Fraction: > 0 })
        {
            throw validation.Error("fraction", "data.validation has a fraction and a path: held-out examples come from one or the other.");
        }

        if (held is { Labels: not null, Path: null })
        {
            throw validation.Error("labels", "data.validation.labels stands alone: data.validation.path, the images' file, is missing.");
        }

        if (FormatKinds.Of(section.Format).Takes("labels") && held is { Path: not null, Labels: null })
        {
            throw validation.Error("path", $"data.validation.labels is missing: {section.Format} images need their labels' file.");
        }

        if (held.Fold is { } fold && (held.Path is not null || held.Fraction > 0))
        {
            throw validation.Error("fold", $"data.validation has a fold ({fold}) and a {(held.Path is not null ? "path" : "fraction")}: held-out examples come from one or the other.");
        }
    }

    private static void CheckPlace(DataSection section, YamlMap validation)
    {
        var held = section.Validation;
        if (held is { From: HeldOutPlace.End, Fraction: 0 })
        {
            throw validation.Error("from", $"data.validation.from is end, but no fraction is held out: {(held.Fold is null ? "set data.validation.fraction, or take from out" : "folds are of all rows: take from out")}.");
        }

        if (held.Time is { } time)
        {
            if (held.Fraction == 0)
            {
                throw validation.Error("time", $"data.validation.time is '{time}', but no fraction is held out: {(held.Fold is null ? "set data.validation.fraction, or take time out" : "folds are of all rows: take time out")}.");
            }

            if (held.From == HeldOutPlace.Anywhere && validation.Has("from"))
            {
                throw validation.Error("from", $"data.validation.from is anywhere, but data.validation.time is '{time}', whose latest rows are held out: take one of the two out.");
            }
        }
    }

    private static void CheckSplit(DataSection section, YamlMap validation)
    {
        var held = section.Validation;
        foreach (var (key, isGiven) in new[] { ("group", held.Group is not null), ("stratified", held.Stratified) })
        {
            if (isGiven && (held.IsNone || held.Path is not null))
            {
                throw validation.Error(key, held.Path is null
                    ? $"data.validation.{key} says how rows are held out, but none are: set data.validation.fraction, or take {key} out."
                    : $"data.validation.{key} says how rows are held out, but data.validation.path is a source of its own: take {key} out.");
            }

            if (isGiven && held.IsEnd)
            {
                throw validation.Error(key, $"data.validation.{key} and {(held.Time is null ? "from: end" : "time")} each say which rows are held out: take one of the two out.");
            }
        }

        if (held is { Stratified: true, Group: not null })
        {
            throw validation.Error("stratified", "data.validation.stratified and group cannot both hold: a group's rows may be of several classes. Take one of the two out.");
        }
    }

    private static void CheckColumn(DataSection section, YamlMap validation, string key, string? column)
    {
        if (column is null)
        {
            return;
        }

        if (column == section.Label)
        {
            throw validation.Error(key, $"data.validation.{key} is '{column}', which is the label (data.label): choose another column.");
        }

        var other = column == section.Weight ? "the weight (data.weight)" : section.LabelColumns?.Contains(column) == true ? "a label (data.labelColumns)" : null;
        if (other is not null)
        {
            throw validation.Error(key, $"data.validation.{key} is '{column}', which is {other}, too: choose another column for one of the two.");
        }

        var given = section.Columns?.Named.GetValueOrDefault(column);
        if (key == "group" && given is not null)
        {
            throw validation.Error(key, $"data.validation.group is '{column}', which data.columns makes a feature: a model would learn the groups by heart. Take it out of one of the two.");
        }

        if (key == "time" && given is not null && ColumnKinds.Of(given.Kind) is { TakesDates: false } kind && kind != ColumnKinds.Usual)
        {
            throw validation.Error(key, $"data.validation.time is '{column}', which data.columns describes as {given.Kind}: times are numbers or dates.");
        }
    }
}
