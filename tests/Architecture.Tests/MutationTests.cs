using System.Text.Json;
using System.Text.RegularExpressions;

namespace Granary.Architecture.Tests;

/// <summary>tests/mutations breaks formulas on purpose. Running it takes long, so that its page is kept: here its list is held against the code.</summary>
public class MutationTests
{
    private const string Again = "Mend tests/mutations/mutations.json, commit, and run tests/mutations/run.py.";

    private static readonly Mutation[] All =
        JsonSerializer.Deserialize<Mutation[]>(Repository.Read("tests/mutations/mutations.json"), JsonSerializerOptions.Web)!;

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
    public void Every_test_that_the_page_tells_of_failed() => Assert.All(
        Repository.Read("tests/mutations/results.md").Split('\n').Where(l => l.StartsWith("| ", StringComparison.Ordinal)).Skip(2),
        l => Assert.EndsWith("| fails |", l));
}
