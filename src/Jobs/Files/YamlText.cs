using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlDotNet.RepresentationModel;

namespace Granary.Jobs;

/// <summary>YAML text as a tree, with one kind of error for everything the parser throws.</summary>
internal static class YamlText
{
    // What a file may ask of the parser, which goes down by a call for each section within another, and follows each alias.
    private const int Deepest = 64;
    private const int MostAliases = 32;

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
            Bound(text);
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

        return One(stream);
    }

    private static void Bound(string text)
    {
        var (depth, aliases) = (0, 0);
        for (var parser = new Parser(new StringReader(text)); parser.MoveNext();)
        {
            var current = parser.Current!;
            depth += current.NestingIncrease;
            aliases += current is AnchorAlias ? 1 : 0;
            if (depth > Deepest || aliases > MostAliases)
            {
                throw new YamlTextException(current.Start.Line, depth > Deepest
                    ? $"sections lie within each other more than {Deepest} deep: nothing of Granary's needs that."
                    : $"there are more than {MostAliases} aliases (*name): write out what they stand for.");
            }
        }
    }

    private static YamlNode? One(YamlStream stream)
    {
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
