using System.Text.Json.Nodes;
using YamlDotNet.RepresentationModel;

namespace Granary.Jobs;

/// <summary>A key of one column in <c>data.columns</c>, whatever its type.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Default">Its default, in words.</param>
/// <param name="Doc">What it means, in one sentence without a full stop; may hold Markdown.</param>
internal abstract record ColumnKey(string Name, string Default, string Doc)
{
    /// <summary>Type and range in words.</summary>
    public abstract string Words { get; }

    /// <summary>Type and range as a JSON Schema.</summary>
    public abstract JsonObject Schema();

    /// <summary>Takes what the file gives.</summary>
    public abstract ColumnSection Read(ColumnSection soFar, KeyReading at);

    /// <summary>The column's value in YAML; null: it has none.</summary>
    public abstract YamlNode? Write(ColumnSection section);
}

/// <inheritdoc/>
internal sealed record ColumnKey<T>(string Name, IKeyType<T> Type, Func<ColumnSection, T> Get, Func<ColumnSection, T, ColumnSection> With, string Default, string Doc)
    : ColumnKey(Name, Default, Doc)
{
    /// <inheritdoc/>
    public override string Words => Type.Words;

    /// <inheritdoc/>
    public override JsonObject Schema() => Type.Schema();

    /// <inheritdoc/>
    public override ColumnSection Read(ColumnSection soFar, KeyReading at) => With(soFar, Type.Read(at));

    /// <inheritdoc/>
    public override YamlNode? Write(ColumnSection section) => Get(section) is { } value ? Type.Write(value) : null;
}
