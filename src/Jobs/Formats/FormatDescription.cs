namespace Granary.Jobs;

/// <summary>What a format's files consist of, for checks of their encoding and compression.</summary>
public enum SourceBytes
{
    /// <summary>Lines of text.</summary>
    Lines,
    /// <summary>A text.</summary>
    Text,
    /// <summary>Bytes, which may be compressed as a whole.</summary>
    Bytes,
    /// <summary>Whatever only its reader knows.</summary>
    Closed,
}

/// <summary>All that there is to know of a format of data before any of it is read: its keys, its rules, what its examples are like. It needs no torch, so that
/// the command line has it too.</summary>
public abstract class FormatDescription
{
    /// <summary>Its name, as in <c>data.format</c>: 1 to 64 lower-case letters, digits and hyphens, a letter first.</summary>
    public abstract string Format { get; }

    /// <summary>The keys of the job file's <c>data</c> section that have a meaning for it, besides those that every format has: "label".</summary>
    public abstract IReadOnlyList<string> Keys { get; }

    /// <summary>What its examples are. Default: rows of numbers, each with a class.</summary>
    public virtual ExampleKind Examples(DataSection data) => ExampleKind.Rows;

    /// <summary>Whether examples have labels. Default: they have.</summary>
    public virtual bool HasLabels => true;

    /// <summary>Whether features have names; null: not known in this process. Default: they have none.</summary>
    public virtual bool? HasColumns => false;

    /// <summary>Whether features are indices from 1 on, and the greatest that occurs says how many there are. Default: no.</summary>
    public virtual bool HasIndices => false;

    /// <summary>Whether labels are ids of classes, so that nobody asks whether they are a quantity. Default: no.</summary>
    public virtual bool LabelsAreIds => false;

    /// <summary>Whether a source is one file, and neither a folder nor a glob. Default: no.</summary>
    public virtual bool IsOneFile => false;

    /// <summary>Whether its examples may be images, whose pixels have a type. Default: no.</summary>
    public virtual bool HasImages => false;

    /// <summary>What a feature without a name is called. Default: "feature".</summary>
    public virtual string FeatureWord => "feature";

    /// <summary>What its files are like. Default: only its reader knows.</summary>
    public virtual SourceBytes Bytes => SourceBytes.Closed;

    /// <summary>The rule between its keys that a job breaks, as a message, and the key to report it at; null (default): none.</summary>
    public virtual (string Key, string Message)? Broken(DataSection data) => null;

    /// <summary>Whether a key of the <c>data</c> section has a meaning for it.</summary>
    public bool Takes(string key) => Keys.Contains(key);
}
