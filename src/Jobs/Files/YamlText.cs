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
    private const int MostNamed = 10_000; // keys and values that all aliases together stand for

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

    // Aliases within what aliases stand for multiply: so it is counted what they come to when they are written out.
    private static void Bound(string text)
    {
        var (aliases, nodes, named) = (0, 0L, 0L);
        var open = new Stack<(AnchorName Anchor, long Before)>();
        var sizes = new Dictionary<AnchorName, long>();
        for (var parser = new Parser(new StringReader(text)); parser.MoveNext();)
        {
            switch (parser.Current)
            {
                case AnchorAlias alias:
                    aliases++;
                    if (open.Any(o => o.Anchor == alias.Value))
                    {
                        throw new YamlTextException(alias.Start.Line, $"the alias *{alias.Value} stands within what it names: nothing ends there.");
                    }

                    var size = sizes.GetValueOrDefault(alias.Value, 1); // one that is unknown is the parser's to refuse
                    (nodes, named) = (nodes + size, named + size);
                    break;
                case MappingStart or SequenceStart:
                    open.Push((((NodeEvent)parser.Current).Anchor, nodes++));
                    break;
                case MappingEnd or SequenceEnd:
                    var (anchor, before) = open.Pop();
                    Note(anchor, nodes - before);
                    break;
                case Scalar scalar:
                    nodes++;
                    Note(scalar.Anchor, 1);
                    break;
                default:
                    break;
            }

            if (open.Count > Deepest || aliases > MostAliases || named > MostNamed)
            {
                throw new YamlTextException(parser.Current!.Start.Line, open.Count > Deepest
                    ? $"sections lie within each other more than {Deepest} deep: nothing of Granary's needs that."
                    : aliases > MostAliases ? $"there are more than {MostAliases} aliases (*name): write out what they stand for."
                    : $"aliases (*name) stand for more than {MostNamed} keys and values: write out what is needed of them.");
            }
        }

        void Note(AnchorName anchor, long size)
        {
            if (!anchor.IsEmpty)
            {
                sizes[anchor] = size;
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
