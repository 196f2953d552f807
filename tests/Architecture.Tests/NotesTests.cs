using System.Text.RegularExpressions;

namespace Granary.Architecture.Tests;

/// <summary>docs/explanation/notes.md promises a test for every formula: these tests, and the code, must be there.</summary>
public class NotesTests
{
    private static readonly string[][] Rows = [.. File.ReadLines(Path.Combine(Repository.Root, "docs/explanation/notes.md"))
        .Where(l => l.StartsWith("| ", StringComparison.Ordinal) && !l.StartsWith("| ---", StringComparison.Ordinal) && !l.StartsWith("| formula", StringComparison.Ordinal))
        .Select(l => l.Trim('|', ' ').Split(" | "))];

    [Fact]
    public void Every_test_named_in_the_notes_is_there()
    {
        var tests = string.Concat(Repository.Sources("tests").Select(File.ReadAllText));
        Assert.NotEmpty(Rows);
        Assert.All(Rows, row =>
        {
            Assert.Equal(3, row.Length);
            foreach (Match name in Regex.Matches(row[2], @"\b(\w+Tests)\b(?:\.(\w+))?"))
            {
                Assert.Matches($@"class {name.Groups[1].Value}\b", tests);
                Assert.True(!name.Groups[2].Success || Regex.IsMatch(tests, $@" {name.Groups[2].Value}\("), name.Value);
            }
        });
    }

    [Fact]
    public void Every_file_named_in_the_notes_is_there() => Assert.All(
        Rows.SelectMany(r => Regex.Matches(r[1], @"src/[\w/.]+").Select(m => m.Value.TrimEnd('.'))),
        path => Assert.True(Path.Exists(Path.Combine(Repository.Root, path)), path));
}
