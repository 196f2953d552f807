using System.Text.RegularExpressions;

namespace Granary.Architecture.Tests;

/// <summary>Links lead somewhere, every page can be found, and the reference has what the code reads.</summary>
public partial class DocsTests
{
    private static readonly string[] Pages =
    [
        "README.md", "CONTRIBUTING.md", "CHANGELOG.md", "deploy/README.md",
        .. Directory.EnumerateFiles(Path.Combine(Repository.Root, "docs"), "*.md", SearchOption.AllDirectories)
            .Select(f => Path.GetRelativePath(Repository.Root, f)).Where(f => !f.StartsWith("docs/_site/", StringComparison.Ordinal)),
    ];

    [GeneratedRegex(@"\]\((?!https?:)([^)#\s]*)(?:#([^)\s]+))?\)")]
    private static partial Regex Link();

    [GeneratedRegex("(?ms)^```.*?^```")]
    private static partial Regex Block();

    [GeneratedRegex("(?m)^#+ (.*)$")]
    private static partial Regex Heading();

    private static string Prose(string page) => Block().Replace(Repository.Read(page), "");

    // As GitHub makes them.
    private static IEnumerable<string> Anchors(string page) => Heading().Matches(Prose(page))
        .Select(m => Regex.Replace(m.Groups[1].Value.ToLowerInvariant(), @"[^\w\- ]", "").Replace(' ', '-'));

    [Fact]
    public void Every_link_leads_to_a_file_and_every_anchor_to_a_heading() => Assert.All(Pages, page =>
    {
        foreach (Match link in Link().Matches(Prose(page)))
        {
            var (file, anchor) = (link.Groups[1].Value, link.Groups[2].Value);
            var target = file.Length == 0 ? page : Path.GetRelativePath(
                Repository.Root, Path.GetFullPath(Path.Combine(Repository.Root, Path.GetDirectoryName(page)!, file)));
            Assert.True(Path.Exists(Path.Combine(Repository.Root, target)), $"{page} links to {file}, which is not there.");
            Assert.True(anchor.Length == 0 || Anchors(target).Contains(anchor), $"{page} links to {target}#{anchor}, but there is no such heading.");
        }
    });

    [Fact]
    public void Every_page_of_the_docs_is_in_the_start_page_and_in_the_table_of_contents()
    {
        var (index, toc) = (Repository.Read("docs/index.md"), Repository.Read("docs/toc.yml"));
        Assert.All(Pages.Where(p => p.StartsWith("docs/", StringComparison.Ordinal) && p != "docs/index.md").Select(p => p["docs/".Length..]), page =>
        {
            Assert.Contains($"]({page})", index);
            Assert.Contains($"href: {page}\n", toc);
        });
    }

    [Fact]
    public void The_readme_is_a_front_door_and_no_manual() =>
        Assert.InRange(Repository.Read("README.md").Split('\n').Length - 1, 1, 150);

    [Fact]
    public void Every_environment_variable_is_in_its_reference()
    {
        var page = Repository.Read("docs/reference/environment.md");
        var variables = Repository.Sources("src").SelectMany(f => Regex.Matches(File.ReadAllText(f), "GRANARY_[A-Z]+(_[A-Z]+)*")).Select(m => m.Value).Distinct().ToArray();
        Assert.NotEmpty(variables);
        Assert.All(variables, v => Assert.Contains($"`{v}", page));
    }
}
