using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Granary.Architecture.Tests;

/// <summary>tests/mutations breaks formulas on purpose. Running it takes long, so that its page is kept: here its list is held against the code, and
/// the page against the list.</summary>
public class MutationTests
{
    private const string Again = "Mend tests/mutations/mutations.json, commit, and run tests/mutations/run.py.";

    private static readonly Mutation[] All =
        JsonSerializer.Deserialize<Mutation[]>(Repository.Read("tests/mutations/mutations.json"), JsonSerializerOptions.Web)!;

    private static readonly string[][] Page = [.. Repository.Read("tests/mutations/results.md").Split('\n')
        .Where(l => l.StartsWith("| ", StringComparison.Ordinal)).Skip(2)
        .Select(l => l[2..^2].Split(" | "))];

    private sealed record Mutation(string Row, string File, string Text, string Replacement, string Project, string Test);

    [Fact]
    public void Every_text_is_in_its_file_exactly_once()
    {
        Assert.True(All.Length >= 39, $"there are {All.Length} mutations, and were 39");
        Assert.All(All, m =>
        {
            var times = Regex.Count(Repository.Read(m.File), Regex.Escape(m.Text));
            Assert.True(times == 1, $"{m.Row}: '{m.Text}' is {times} times in {m.File}, so that nothing, or too much, would be broken. {Again}");
        });
        Assert.All(All, m => Assert.NotEqual(m.Text, m.Replacement));
        Assert.Equal(All.Length, All.DistinctBy(m => m.Row).Count());
    }

    [Fact]
    public void Every_test_that_must_fail_is_there() => Assert.All(All, m =>
    {
        var tests = string.Concat(Repository.Sources($"tests/{m.Project}.Tests").Select(File.ReadAllText));
        Assert.Matches(m.Test.EndsWith("Tests", StringComparison.Ordinal) ? $@"class {m.Test}\b" : $@" {m.Test}\(", tests);
    });

    [Fact]
    public void The_page_is_of_these_mutations_and_this_code_and_every_test_failed()
    {
        Assert.Equal(All.Select(m => m.Row), Page.Select(r => r[0]));
        Assert.All(All.Zip(Page), pair =>
        {
            var (m, row) = pair;
            Assert.Equal([m.Row, m.File, $"`{m.Text}`", $"`{m.Replacement}`", m.Test], row[..5]);
            Assert.True(row[5] == Digest(m), $"{m.Row}: tests/mutations/results.md is not of today's code. {Again}");
            Assert.Equal("fails", row[6]);
        });
    }

    // As run.py does: what the mutation is, and the whole lines that its text stands in.
    private static string Digest(Mutation m)
    {
        var whole = Repository.Read(m.File);
        var at = whole.IndexOf(m.Text, StringComparison.Ordinal);
        Assert.True(at >= 0, $"{m.Row}: '{m.Text}' is not in {m.File}. {Again}");
        var start = whole.LastIndexOf('\n', at) + 1;
        var end = whole.IndexOf('\n', at + m.Text.Length);
        var lines = whole[start..(end >= 0 ? end : whole.Length)].Trim();
        var text = string.Join('\n', m.File, m.Text, m.Replacement, m.Project, m.Test, lines);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..12];
    }
}
