namespace Granary.Jobs.Tests;

/// <summary>A job file comes from whoever may submit: it must not cost a silo its life.</summary>
public sealed class YamlTextTests
{
    private static string Refusal(string text) => Assert.Throws<JobException>(() => YamlText.Mapping(text, "job.yaml")).Message;

    [Theory]
    [InlineData("[", 500_000)]
    [InlineData("{a: ", 200_000)]
    [InlineData("- ", 100_000)]
    public void Sections_within_each_other_have_an_end(string opens, int times) =>
        Assert.StartsWith("job.yaml:1: sections lie within each other more than 64 deep", Refusal(string.Concat(Enumerable.Repeat(opens, times))));

    [Fact]
    public void A_few_names_that_stand_for_ever_more_are_refused()
    {
        var laughs = "a0: &a0 [x]\n" + string.Concat(Enumerable.Range(1, 12).Select(i => $"a{i}: &a{i} [{string.Join(", ", Enumerable.Repeat($"*a{i - 1}", 9))}]\n"));
        Assert.StartsWith("job.yaml:5: there are more than 32 aliases (*name)", Refusal(laughs));
    }

    // 30 aliases, ten times three of the one before: 59,049 times what the first stands for.
    [Fact]
    public void What_names_come_to_when_they_are_written_out_is_bounded()
    {
        var multiplied = "a0: &a0 [x]\n" + string.Concat(Enumerable.Range(1, 10).Select(i => $"a{i}: &a{i} [*a{i - 1}, *a{i - 1}, *a{i - 1}]\n"));
        Assert.StartsWith("job.yaml:9: aliases (*name) stand for more than 10000 keys and values", Refusal(multiplied));
        Assert.StartsWith("job.yaml:1: the alias *a stands within what it names", Refusal("a: &a { b: [*a] }\n"));
        Assert.Equal(31, YamlText.Mapping("a: &x [1, 2]\n" + string.Concat(Enumerable.Range(0, 30).Select(i => $"b{i}: *x\n")), "job.yaml").Children.Count);
    }

    [Fact]
    public void What_a_job_file_needs_is_read() => Assert.Equal(2, YamlText.Mapping("a: &x { b: [1, [2, [3]]] }\nc: *x\n", "job.yaml").Children.Count);
}
