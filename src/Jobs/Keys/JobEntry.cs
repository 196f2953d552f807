using YamlDotNet.RepresentationModel;

namespace Granary.Jobs;

/// <summary>A key of the job file, or a section of keys: declared once, and read, filled in, checked, written and described from that.</summary>
/// <param name="Path">Its dotted path: "training.optimizer.kind"; empty for the whole file.</param>
/// <param name="Doc">What it means, in one sentence without a full stop; may hold Markdown.</param>
internal abstract record JobEntry(string Path, string Doc)
{
    /// <summary>The last part of the path.</summary>
    public string Name => Path[(Path.LastIndexOf('.') + 1)..];

    /// <summary>The kinds that it has a meaning for; null: every one.</summary>
    public Belonging? Belongs { get; init; }

    /// <summary>Whether a job file needs it, in every job that it has a meaning for.</summary>
    public abstract bool IsRequired { get; }

    /// <summary>Takes what the file gives.</summary>
    /// <param name="soFar">The job by what stands before it.</param>
    /// <param name="map">The section that it is in.</param>
    /// <param name="place">Where paths start, and what kinds there are.</param>
    public abstract Job Read(Job soFar, YamlMap map, ReadingPlace place);

    /// <summary>Takes the defaults that depend on other keys, where the file gives nothing.</summary>
    public abstract Job Fill(Job job, YamlMap map);

    /// <summary>Refuses what has no meaning for the job's kinds.</summary>
    public virtual void Check(Job job, YamlMap map)
    {
        if (Belongs is { } kinds && map.Has(Name) && !kinds.MayHold(job) && !SaysNothingNew(job))
        {
            throw map.Error(Name, kinds.Refusal(Path, job));
        }
    }

    /// <summary>As the job's own file has it; null where it has no meaning, or nothing to say.</summary>
    public YamlNode? Write(Job job) => Belongs is not { } kinds || kinds.Holds(job) ? WriteValue(job)
        : kinds.MayHold(job) && !IsUsual(job) ? WriteValue(job)
        : null;

    /// <summary>Whether it says no more than its default.</summary>
    protected virtual bool IsUsual(Job job) => true;

    /// <summary>Whether it says what holds for every kind, so that it does no harm where it does not belong.</summary>
    protected virtual bool SaysNothingNew(Job job) => false;

    /// <summary>Its value in YAML; null: nothing to say.</summary>
    protected abstract YamlNode? WriteValue(Job job);
}
