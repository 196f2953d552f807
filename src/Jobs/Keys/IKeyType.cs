using System.Text.Json.Nodes;
using YamlDotNet.RepresentationModel;

namespace Granary.Jobs;

/// <summary>A type and range of values, as a key of the job file takes them.</summary>
internal interface IKeyType<T>
{
    /// <summary>Type and range in words, for the reference: "1 to 10,000".</summary>
    string Words { get; }

    /// <summary>Type and range as a JSON Schema.</summary>
    JsonObject Schema();

    /// <summary>The value that a file gives.</summary>
    /// <exception cref="JobException">It is of another type, or out of range.</exception>
    T Read(KeyReading at);

    /// <summary>The value in YAML; null: there is nothing to say.</summary>
    YamlNode? Write(T value);
}
