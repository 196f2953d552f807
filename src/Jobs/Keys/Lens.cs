namespace Granary.Jobs;

/// <summary>A section's record within a job: where its keys get their values from, and put them.</summary>
/// <param name="Path">The section's dotted path; empty for the whole file.</param>
/// <param name="Get">The record.</param>
/// <param name="With">A job with another one.</param>
internal sealed record Lens<TSection>(string Path, Func<Job, TSection> Get, Func<Job, TSection, Job> With)
{
    /// <summary>A key of the section.</summary>
    public JobKey<T> Key<T>(string name, Func<TSection, T> get, Func<TSection, T, TSection> with, IKeyType<T> type, string doc) =>
        new(Full(name), doc, type, j => get(Get(j)), (j, value) => With(j, with(Get(j), value)));

    /// <summary>A section within the section.</summary>
    public Lens<TInner> Inner<TInner>(string name, Func<TSection, TInner> get, Func<TSection, TInner, TSection> with) =>
        new(Full(name), j => get(Get(j)), (j, inner) => With(j, with(Get(j), inner)));

    /// <summary>The section itself.</summary>
    public JobSection Section(string doc, params IReadOnlyList<JobEntry> entries) => new(Path, doc, entries);

    private string Full(string name) => Path.Length == 0 ? name : $"{Path}.{name}";
}
