using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Granary.Jobs;

/// <summary>YAML text as a tree, with one kind of error for everything the parser throws.</summary>
internal static class YamlText
{
    /// <summary>A file's keys and values.</summary>
    /// <exception cref="JobException">"digits.yaml:3: ..." where it is no YAML, or not a mapping.</exception>
    public static YamlMappingNode Mapping(string text, string name, string what = "job file")
    {
        try
        {
            return Root(text) switch
            {
                YamlMappingNode mapping => mapping,
                null => throw new JobException($"{name}:1: the {what} is empty."),
                var other => throw new JobException($"{name}:{other.Start.Line}: a {what} is a mapping of keys to values; this is not."),
            };
        }
        catch (YamlTextException e)
        {
            throw new JobException($"{name}:{e.Line}: {e.Message}");
        }
    }

    /// <summary>The root of the only document; null where there is none.</summary>
    /// <exception cref="YamlTextException">It is no YAML.</exception>
    public static YamlNode? Root(string text)
    {
        var stream = new YamlStream();
        try
        {
            stream.Load(new StringReader(text));
        }
        catch (YamlException e)
        {
            var cause = e.InnerException?.Message ?? e.Message;
            throw cause.StartsWith("Duplicate key", StringComparison.Ordinal)
                ? new YamlTextException(e.Start.Line, $"a key is there twice in one section: {cause["Duplicate key".Length..].Trim()}.")
                : new YamlTextException(e.Start.Line, $"this is no YAML: {cause}");
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException)
        {
            // The parser's own way of saying that the text ends within a bracket, or has an item where none can stand.
            throw new YamlTextException(1, "this is no YAML: a bracket is opened and not closed, or closed and not opened.");
        }

        return stream.Documents.Count switch
        {
            0 => null,
            1 => stream.Documents[0].RootNode,
            _ => throw new YamlTextException(stream.Documents[1].RootNode.Start.Line, "there are several documents, apart by ---; one is needed."),
        };
    }
}

/// <summary>A text is no YAML.</summary>
/// <param name="line">Where, from 1.</param>
/// <param name="message">Why.</param>
internal sealed class YamlTextException(long line, string message) : Exception(message)
{
    /// <summary>Where, from 1.</summary>
    public long Line { get; } = line;
}
