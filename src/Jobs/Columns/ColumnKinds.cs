namespace Granary.Jobs;

/// <summary>The kinds of columns: a line for each.</summary>
public static class ColumnKinds
{
    /// <summary>All kinds, in the order in which messages and the reference name them.</summary>
    public static IReadOnlyList<ColumnKind> All { get; } =
    [
        new NumericColumn(),
        new CategoricalColumn(),
        new BooleanColumn(),
        new DateColumn(),
        new TextColumn(),
    ];

    /// <summary>What a column is that a job does not describe.</summary>
    public static ColumnKind Usual => All[0];

    /// <summary>Their names.</summary>
    public static IReadOnlyList<string> Names => [.. All.Select(k => k.Name)];

    /// <summary>The kind of a name.</summary>
    public static ColumnKind Of(string name) => All.First(k => k.Name == name);

    /// <summary>Whether there is a kind of a name.</summary>
    public static bool IsKnown(string name) => All.Any(k => k.Name == name);

    /// <summary>A column as the job describes it, every default filled in.</summary>
    /// <param name="data">The job's data section.</param>
    /// <param name="column">The column's name.</param>
    public static ColumnSection Section(DataSection data, string column)
    {
        var given = data.Columns!.Named.GetValueOrDefault(column) ?? new ColumnSection { Kind = Usual.Name };
        return Of(given.Kind).Complete(given, data);
    }
}
