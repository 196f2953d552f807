namespace Granary.Architecture.Tests.Docs;

/// <summary>C# in the docs is taken from code that is compiled: each block's lines stand in one file of the samples or the tests, in the same
/// order. A blank line of a block, and a line that is <c>// ...</c>, may stand for others. Using directives may stand anywhere. Blanks before a
/// line and comments at its end are not compared.</summary>
public class SnippetTests
{
    private const string Dots = "// ...";

    // Above a block that is another library's own.
    private const string Not = "<!-- not compiled";

    private static readonly (string File, string[] Lines)[] Compiled =
    [
        .. new[] { "samples", "tests/Extensions.Tests", "tests/Sdk.Tests", "tests/Model.Tests/Onnx" }.SelectMany(Repository.Sources)
            .Select(f => (Path.GetRelativePath(Repository.Root, f), File.ReadLines(f).Select(Plain).ToArray())),
    ];

    private static string Plain(string line)
    {
        var comment = line.IndexOf(" // ", StringComparison.Ordinal);
        return (comment > 0 && line[..comment].Trim().Length > 0 ? line[..comment] : line).Trim();
    }

    public static TheoryData<string> Blocks => [.. DocPages.Blocks.Where(b => b.Language == "csharp" && !DocPages.Above(b).StartsWith(Not, StringComparison.Ordinal)).Select(b => b.ToString())];

    [Theory]
    [MemberData(nameof(Blocks))]
    public void Every_block_of_csharp_is_compiled_somewhere(string block)
    {
        var lines = DocPages.Blocks.Single(b => b.ToString() == block).Text.TrimEnd().Split('\n').Select(Plain).ToArray();
        var (file, found) = Compiled.Select(c => (c.File, Found: Found(lines, c.Lines))).MaxBy(c => c.Found);
        Assert.True(found == lines.Length, $"{block}: the line '{lines[Math.Min(found, lines.Length - 1)]}' does not follow in {file}, the file that has most of the block. "
            + "Change the block, or the compiled code in samples, tests/Extensions.Tests or tests/Sdk.Tests.");
    }

    [Fact]
    public void A_line_that_is_not_compiled_is_found_out()
    {
        string[] code = ["using A;", "", "class B", "{", "int c;", "int d;", "}"];
        Assert.Equal(4, Found(["using A;", "", "class B", "{"], code));
        Assert.Equal(5, Found(["class B", "{", Dots, "int d;", "}"], code));
        Assert.Equal(2, Found(["class B", "{", "int d;", "}"], code)); // a line is left out without saying so
        Assert.Equal(1, Found(["using A;", "int e;"], code));
        Assert.Equal(0, Found(["using B;", "class B"], code));
    }

    /// <summary>How many lines of a block are in a file, from the block's first one on.</summary>
    private static int Found(string[] block, string[] file)
    {
        var directives = block.TakeWhile(l => l.StartsWith("using ", StringComparison.Ordinal) || l.Length == 0).Where(l => l.Length > 0).ToArray();
        if (directives.FirstOrDefault(d => !file.Contains(d)) is not null)
        {
            return 0;
        }

        var skipped = block.TakeWhile(l => l.Length == 0 || directives.Contains(l)).Count();
        block = block[skipped..];
        var most = 0;
        for (var start = 0; start < file.Length; start++)
        {
            var (at, i) = (start, 0);
            while (i < block.Length)
            {
                if (block[i].Length == 0 || block[i] == Dots)
                {
                    i++;
                    at = i < block.Length && block[i] != Dots && block[i].Length > 0 ? Array.IndexOf(file, block[i], at) : at;
                    if (at < 0)
                    {
                        break;
                    }
                }
                else if (at < file.Length && file[at] == block[i])
                {
                    (at, i) = (at + 1, i + 1);
                }
                else
                {
                    break;
                }
            }

            most = Math.Max(most, i);
        }

        return skipped + most;
    }
}
