using YamlDotNet.RepresentationModel;

namespace Granary.Jobs;

/// <summary>A section: its keys and inner sections, in the order in which they are written.</summary>
/// <inheritdoc cref="JobEntry"/>
internal sealed record JobSection(string Path, string Doc, IReadOnlyList<JobEntry> Entries) : JobEntry(Path, Doc)
{
    /// <summary>Whether a job has the section, where it may go without; null: every job has it, its defaults at least.</summary>
    public Func<Job, bool>? IsThere { get; init; }

    /// <summary>Keys of which there must be exactly one.</summary>
    public IReadOnlyList<string> OneOf { get; init; } = [];

    /// <summary>The same section, of which exactly one of some keys must be given.</summary>
    public JobSection WithOneOf(params string[] keys) => this with { OneOf = keys };

    /// <summary>The same section, which a job may go without.</summary>
    public JobSection When(Func<Job, bool> isThere) => this with { IsThere = isThere };

    /// <summary>Whether something in it has no default, and it must be there for that.</summary>
    public override bool IsRequired => IsThere is null && (OneOf.Count > 0 || Entries.Any(e => e.IsRequired));

    /// <summary>All keys in it and in its inner sections.</summary>
    public IEnumerable<JobKey> Keys => Entries.SelectMany(e => e is JobSection inner ? inner.Keys : [(JobKey)e]);

    /// <summary>All entries in it and in its inner sections.</summary>
    public IEnumerable<JobEntry> All => Entries.SelectMany(e => e is JobSection inner ? inner.All.Prepend(inner) : [e]);

    /// <inheritdoc/>
    public override Job Read(Job soFar, YamlMap map, ReadingPlace place) => Inner(soFar, map, (entry, job, own) => entry.Read(job, own, place), own =>
    {
        own.Expect([.. Entries.Select(e => e.Name)]);
        RequireOne(own);
    });

    private void RequireOne(YamlMap own)
    {
        string[] given = [.. OneOf.Where(own.Has)];
        if (OneOf.Count > 0 && given.Length != 1)
        {
            throw given.Length == 0
                ? own.Error("", $"{own.Full(OneOf[0])} is missing: give {KeyWords.List([.. OneOf.Select(own.Full)], "or")}.")
                : own.Error(given[^1], $"{own.Full(given[^1])} stands beside {own.Full(given[0])}, but a job has one of them: take one out, on the command line by --set {own.Full(given[0])}=null.");
        }
    }

    /// <inheritdoc/>
    public override Job Fill(Job job, YamlMap map) => Inner(job, map, (entry, j, own) => entry.Fill(j, own));

    /// <inheritdoc/>
    public override void Check(Job job, YamlMap map)
    {
        if (Path.Length > 0)
        {
            base.Check(job, map);
        }

        Inner(job, map, (entry, j, own) =>
        {
            entry.Check(j, own);
            return j;
        });
    }

    /// <inheritdoc/>
    protected override YamlMappingNode? WriteValue(Job job) => IsThere?.Invoke(job) == false ? null : YamlNodes.Map(
        Entries.Select(e => (e.Name, e.Write(job))));

    private Job Inner(Job job, YamlMap map, Func<JobEntry, Job, YamlMap, Job> each, Action<YamlMap>? first = null)
    {
        if (IsThere is not null && !map.Has(Name))
        {
            return job;
        }

        var own = Path.Length == 0 ? map : map.Map(Name);
        first?.Invoke(own);
        return Entries.Aggregate(job, (j, entry) => each(entry, j, own));
    }
}
