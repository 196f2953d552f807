using System.Text.RegularExpressions;

namespace Granary.Architecture.Tests.Docs;

/// <summary>The pages that are written by hand, with their code blocks.</summary>
internal static partial class DocPages
{
    // The changelog tells of commands as they were. The command line's page has usages, and is held to the commands by CommandLinePageTests.
    private static readonly string[] NotHere = ["CHANGELOG.md", "docs/reference/command-line.md"];

    /// <summary>The pages, by their paths from the root.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        .. new[] { "docs", "deploy", "examples", "samples", "build" }.Select(f => Path.Combine(Repository.Root, f))
            .SelectMany(f => Directory.EnumerateFiles(f, "*.md", SearchOption.AllDirectories))
            .Concat(Directory.EnumerateFiles(Repository.Root, "*.md"))
            .Select(f => Path.GetRelativePath(Repository.Root, f))
            .Where(f => !NotHere.Contains(f) && !f.StartsWith("docs/_site/", StringComparison.Ordinal)).Order(StringComparer.Ordinal),
    ];

    /// <summary>A fenced block of code.</summary>
    /// <param name="Page">The page's path.</param>
    /// <param name="Line">The line of its first fence, from 1.</param>
    /// <param name="Language">What the fence says: empty, yaml, csharp, ...</param>
    /// <param name="Text">The lines between the fences.</param>
    internal sealed record Block(string Page, int Line, string Language, string Text)
    {
        public override string ToString() => $"{Page}:{Line}";
    }

    [GeneratedRegex(@"(?ms)^```(\w*)\n(.*?)^```$")]
    private static partial Regex Fenced();

    [GeneratedRegex(@"(?<!`)`([^`\n]+)`(?!`)")]
    private static partial Regex Code();

    /// <summary>The blocks of all pages.</summary>
    public static IReadOnlyList<Block> Blocks { get; } = [.. All.SelectMany(page =>
    {
        var text = Repository.Read(page);
        return Fenced().Matches(text).Select(m => new Block(page, text.AsSpan(0, m.Index).Count('\n') + 1, m.Groups[1].Value, m.Groups[2].Value));
    })];

    /// <summary>What stands between backticks in the text of all pages.</summary>
    public static IEnumerable<(string Page, string Code)> Inline() =>
        All.SelectMany(page => Code().Matches(Fenced().Replace(Repository.Read(page), "")).Select(m => (page, m.Groups[1].Value)));

    /// <summary>The line above a block.</summary>
    public static string Above(Block block) => Repository.Read(block.Page).Split('\n')[block.Line - 2];

    /// <summary>What a page shows as a command's output: the lines below it, up to the next command or the block's end.</summary>
    /// <param name="page">The page.</param>
    /// <param name="command">The command, without <c>$ </c>.</param>
    public static string Output(string page, string command)
    {
        var shown = Blocks.Where(b => b.Page == page).Select(b => $"\n{b.Text}").SingleOrDefault(t => t.Contains($"\n$ {command}\n", StringComparison.Ordinal));
        Assert.True(shown is not null, $"{page} shows no output of '{command}'.");
        var below = shown[(shown.IndexOf($"\n$ {command}\n", StringComparison.Ordinal) + command.Length + 4)..];
        var next = below.StartsWith("$ ", StringComparison.Ordinal) ? 0 : below.IndexOf("\n$ ", StringComparison.Ordinal) + 1;
        return next > 0 ? below[..next] : below;
    }
}
