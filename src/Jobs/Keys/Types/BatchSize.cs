using System.Text.Json.Nodes;
using YamlDotNet.RepresentationModel;

namespace Granary.Jobs;

/// <summary>So many examples, or all.</summary>
internal sealed class BatchSize : IKeyType<int>
{
    private const string All = "all";

    private static readonly WholeNumber Some = new(1);

    /// <inheritdoc/>
    public string Words => $"{Some.Words}, or `{All}`";

    /// <inheritdoc/>
    public JsonObject Schema() => new() { ["anyOf"] = new JsonArray(Some.Schema(), new JsonObject { ["const"] = All }) };

    /// <inheritdoc/>
    public int Read(KeyReading at) => !at.Map.IsSection(at.Key) && at.Map.Text(at.Key) == All ? TrainingSection.AllExamples : Some.Read(at);

    /// <inheritdoc/>
    public YamlNode Write(int value) => value == TrainingSection.AllExamples ? YamlNodes.Word(All) : Some.Write(value);
}
