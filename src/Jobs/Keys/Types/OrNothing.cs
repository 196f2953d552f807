using System.Text.Json.Nodes;
using YamlDotNet.RepresentationModel;

namespace Granary.Jobs;

/// <summary>A value that a job may go without.</summary>
/// <param name="type">Its type where there is one.</param>
internal sealed class OrNothing<T>(IKeyType<T> type) : IKeyType<T?>
    where T : struct
{
    /// <inheritdoc/>
    public string Words => type.Words;

    /// <inheritdoc/>
    public JsonObject Schema() => type.Schema();

    /// <inheritdoc/>
    public T? Read(KeyReading at) => type.Read(at);

    /// <inheritdoc/>
    public YamlNode? Write(T? value) => value is { } there ? type.Write(there) : null;
}
