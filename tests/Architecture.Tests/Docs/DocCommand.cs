using System.Text;

namespace Granary.Architecture.Tests.Docs;

/// <summary>A command line of a block of the docs.</summary>
/// <param name="Block">Where it stands.</param>
/// <param name="Line">The whole line.</param>
/// <param name="Words">Its words, as a shell parts them.</param>
internal sealed record DocCommand(DocPages.Block Block, string Line, IReadOnlyList<string> Words)
{
    private const string Prompt = "$ ";

    /// <summary>The commands of all blocks that have no language, or a shell's: those after <c>$ </c>, or every line where none has that and the first one
    /// begins with a program's name.</summary>
    public static IReadOnlyList<DocCommand> All { get; } = [.. DocPages.Blocks.Where(b => b.Language is "" or "sh" or "bash" or "console").SelectMany(Of)];

    /// <summary>What is told to <c>granary</c>; null: it is another program.</summary>
    public IReadOnlyList<string>? Told
    {
        get
        {
            var at = Words.ToList().FindIndex(w => w is "granary" or "tools/granary");
            if (at == 0 || (at > 0 && Words[at - 1] == "--"))
            {
                return [.. Words.Skip(at + 1)];
            }

            var client = Words.Contains("src/Client") && Words[0] == "dotnet" && Words[1] == "run" ? Words.ToList().IndexOf("--") : -1;
            return client >= 0 ? [.. Words.Skip(client + 1)] : null;
        }
    }

    private static IEnumerable<DocCommand> Of(DocPages.Block block)
    {
        var lines = block.Text.Replace("\\\n", " ", StringComparison.Ordinal).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var commands = lines.Any(l => l.StartsWith(Prompt, StringComparison.Ordinal))
            ? lines.Where(l => l.StartsWith(Prompt, StringComparison.Ordinal)).Select(l => l[Prompt.Length..])
            : lines[0].Split(' ')[0] is "granary" or "tools/granary" or "dotnet" or "curl" or "python3" or "export" ? lines : [];
        return commands.Select(l => new DocCommand(block, l, Split(l)));
    }

    /// <summary>The words of a line: blanks part them but within quotes, and what follows <c> #</c> is a comment.</summary>
    internal static IReadOnlyList<string> Split(string line)
    {
        var (words, word, quote, any) = (new List<string>(), new StringBuilder(), '\0', false);
        foreach (var c in line)
        {
            if (quote == '\0' && c == '#' && !any)
            {
                break;
            }

            if (c == quote || (quote == '\0' && c is '"' or '\''))
            {
                (quote, any) = (quote == '\0' ? c : '\0', true);
            }
            else if (quote == '\0' && c is ' ' or '\t')
            {
                End();
            }
            else
            {
                word.Append(c);
                any = true;
            }
        }

        End();
        return words;

        void End()
        {
            if (any)
            {
                words.Add(word.ToString());
                word.Clear();
                any = false;
            }
        }
    }

    public override string ToString() => $"{Block}: {Line}";
}
