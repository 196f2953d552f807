namespace Granary.Jobs;

/// <summary>Fault plans: YAML in, a checked <see cref="FaultPlan"/> out.</summary>
public static class FaultPlanFile
{
    private static readonly IReadOnlyDictionary<string, FaultKind> Kinds = Enum.GetValues<FaultKind>().ToDictionary(Kebab.Name);

    /// <summary>Reads a plan.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="JobException">"kills.yaml:4: faults[1] ...".</exception>
    public static FaultPlan Load(string path)
    {
        try
        {
            return Parse(File.ReadAllText(path), Path.GetFileName(path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new JobException($"{path}: the fault plan cannot be read: {e.Message}");
        }
    }

    /// <summary>Like <see cref="Load"/>, from text.</summary>
    /// <param name="text">The plan.</param>
    /// <param name="name">Its name, for messages.</param>
    public static FaultPlan Parse(string text, string name)
    {
        const string What = "fault plan";
        var file = new YamlMap(YamlText.Mapping(text, name, What), "", new YamlSource(name, What));
        file.Expect("version", "seed", "faults");
        var version = file.Int("version", required: true, min: 1);
        if (version != 1)
        {
            throw file.Error("version", $"version is {version}, but this Granary reads version 1.");
        }

        var faults = file.Maps("faults");
        return faults.Count > 0
            ? new FaultPlan(file.Long("seed", 1), [.. faults.Select(Planned)])
            : throw file.Error("faults", "faults is missing or empty: a plan without faults does nothing.");
    }

    private static PlannedFault Planned(YamlMap map)
    {
        string[] named = [.. map.Keys.Where(Kinds.ContainsKey)];
        if (named.Length != 1)
        {
            map.Expect([.. Always, .. Kinds.Keys]);
            var key = named.Length == 0 ? map.Keys.FirstOrDefault() ?? "" : named[1];
            throw map.Error(key, named.Length == 0
                ? $"{map.Path} names no fault: it needs one of {string.Join(", ", Kinds.Keys)}."
                : $"{map.Path} names two faults, {named[0]} and {named[1]}: give each a line of its own.");
        }

        var kind = Kinds[named[0]];
        map.Expect([.. Always, named[0], .. Own(kind)]);
        if (kind == FaultKind.Pause && map.Text("pause") is { } what and not "job")
        {
            throw map.Error("pause", $"{map.Full("pause")} is '{what}', but only the job can be paused: pause: job.");
        }

        var target = kind is FaultKind.Scale or FaultKind.Pause ? "" : map.Text(named[0], required: true)!;
        var fault = new Fault(
            kind,
            HasEnd(kind) ? map.Number("for", double.NaN, s => s is > 0 and <= 3600, "must be above 0 and at most 3600 seconds") : 0,
            kind == FaultKind.Scale ? map.Int(named[0], required: true, min: 1, max: 1024)
                : kind == FaultKind.Slow ? map.Number("factor", 4, f => f is >= 1 and <= 1000, "must be from 1 to 1000") : 0,
            kind == FaultKind.Delay ? map.Number("milliseconds", 0, m => m is >= 0 and <= 10_000, "must be from 0 to 10000") : 0,
            kind == FaultKind.Delay ? map.Number("megabytesPerSecond", 0, r => r >= 0, "must be at least 0") : 0,
            kind == FaultKind.Drop ? map.Text("from") : null);
        if (double.IsNaN(fault.Seconds))
        {
            throw map.Error(named[0], $"{map.Full("for")} is missing: how many seconds the fault lasts.");
        }

        if (fault is { Kind: FaultKind.Delay, Milliseconds: 0, MegabytesPerSecond: 0 })
        {
            throw map.Error(named[0], $"{map.Full("delay")} delays nothing: give milliseconds, megabytesPerSecond or both.");
        }

        return new PlannedFault(
            fault, target, When(map), map.Int("count", 1, min: 1, max: 1024), map.Number("again", 0, s => s is >= 0 and <= 60, "must be from 0 to 60 seconds"));
    }

    private static readonly string[] Always = ["at", "step", "every", "times", "count", "again"];

    private static string[] Own(FaultKind kind) => [.. HasEnd(kind) ? new[] { "for" } : [], .. kind switch
    {
        FaultKind.Slow => new[] { "factor" },
        FaultKind.Delay => ["milliseconds", "megabytesPerSecond"],
        FaultKind.Drop => ["from"],
        _ => [],
    }];

    private static bool HasEnd(FaultKind kind) => kind is not (FaultKind.Kill or FaultKind.Terminate or FaultKind.Corrupt or FaultKind.Scale);

    private static FaultTime When(YamlMap map)
    {
        var given = new[] { "at", "step", "every" }.Where(map.Has).ToArray();
        if (given.Length != 1)
        {
            throw map.Error(given.LastOrDefault() ?? map.Keys[0], given.Length == 0
                ? $"{map.Full("at")} is missing: say when, by at (seconds), step or every (seconds)."
                : $"{map.Full(given[1])} stands beside {given[0]}: say when in one way.");
        }

        if (map.Has("times") && given[0] != "every")
        {
            throw map.Error("times", $"{map.Full("times")} belongs to every.");
        }

        return new FaultTime(
            map.Has("at") ? map.Number("at", 0, s => s >= 0, "must be at least 0 seconds") : null,
            map.Has("step") ? map.Long("step", min: 0) : null,
            map.Range("every"),
            map.Int("times", int.MaxValue, min: 1));
    }
}
