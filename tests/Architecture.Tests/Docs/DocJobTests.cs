using System.Text.RegularExpressions;
using Granary.Jobs;
using YamlDotNet.RepresentationModel;

namespace Granary.Architecture.Tests.Docs;

/// <summary>What the docs tell to write into job files and fault plans is what their readers take.</summary>
public partial class DocJobTests
{
    private static readonly string Examples = Path.Combine(Repository.Root, "examples");

    private static readonly DocPages.Block[] Yaml = [.. DocPages.Blocks.Where(b => b.Language == "yaml")];

    private static readonly string[] Sections = ["model", "data", "training", "output"];

    [GeneratedRegex(@"^(model|data|training|output)\.[a-z][A-Za-z]*(\.[a-z][A-Za-z]*)*(?==|:|$)")]
    private static partial Regex Key();

    [GeneratedRegex(@"(?m)^ *([a-zA-Z]+): *(.+)$")]
    private static partial Regex Line();

    private static bool Has(DocPages.Block block, string key) => Regex.IsMatch(block.Text, $"(?m)^{key}:");

    // Of a key whose value is a mapping, the key alone.
    private static IEnumerable<string> Paths(YamlMappingNode map, string prefix) => map.Children.SelectMany(c =>
    {
        var path = prefix + ((YamlScalarNode)c.Key).Value;
        return c.Value is YamlMappingNode inner && JobKeys.File.Keys.All(k => k.Path != path) ? Paths(inner, path + ".") : [path];
    });

    private static string[] Overrides(DocPages.Block block) => [.. Line().Matches(block.Text).Select(m =>
    {
        var key = Assert.Single(JobKeys.File.Keys, k => k.Name == m.Groups[1].Value);
        return $"{key.Path}={m.Groups[2].Value}";
    })];

    [Fact]
    public void Every_yaml_block_is_a_job_a_fault_plan_or_keys_of_a_job()
    {
        Assert.True(Yaml.Length >= 4, $"there are {Yaml.Length} blocks, and were 5");
        Assert.All(Yaml, block =>
        {
            if (Has(block, "faults"))
            {
                Assert.NotEmpty(FaultPlanFile.Parse(block.Text, $"{block}").Faults);
            }
            else if (Has(block, "model"))
            {
                var name = JobFile.Parse(block.Text, $"{block}", Examples, [], Examples).Name;
                Assert.True(File.Exists(Path.Combine(Examples, $"{name}.yaml")), $"{block}: {name} is no example");
            }
            else if (block.Text.TrimStart().StartsWith("# yaml-language-server: $schema=", StringComparison.Ordinal))
            {
                Assert.True(File.Exists(Path.Combine(Repository.Root, "docs/reference", block.Text.Trim().Split("$schema=")[1])), $"{block}");
            }
            else if (char.IsLetter(block.Text[0])) // a section, or a part of one
            {
                var paths = Paths(YamlText.Mapping(block.Text, $"{block}"), "").ToArray();
                Assert.NotEmpty(paths);
                Assert.All(paths, path => Assert.Contains(path, JobKeys.File.All.Select(e => e.Path)));
            }
            else
            {
                Assert.NotNull(JobFile.Load(Path.Combine(Examples, "digits-mlp.yaml"), Overrides(block), Examples));
            }
        });
    }

    [Fact]
    public void The_job_in_the_readme_is_the_example() => Assert.Equal(
        JobFile.Write(JobFile.Load(Path.Combine(Examples, "digits-mlp.yaml"), [], "/")),
        JobFile.Write(JobFile.Parse(Assert.Single(Yaml, b => b.Page == "README.md").Text, "README.md", Examples, [], "/")));

    [Fact]
    public void Every_key_in_a_text_is_one_of_the_job_file()
    {
        var known = JobKeys.File.All.Select(e => e.Path).Concat(Sections).ToHashSet();
        var told = DocPages.Inline().Select(c => (c.Page, c.Code, Key: Key().Match(c.Code).Value)).Where(c => c.Key.Length > 0 && !IsFile(c.Code)).ToArray();
        Assert.True(told.Length >= 35, $"there are {told.Length}, and were more than 35");
        Assert.All(told, c => Assert.True(known.Contains(c.Key) || c.Key.StartsWith("model.options.", StringComparison.Ordinal), $"{c.Page}: `{c.Code}`: there is no key {c.Key}."));
    }

    private static bool IsFile(string code) => Path.GetExtension(code) is ".safetensors" or ".csv" or ".npz" or ".yaml" or ".json" or ".txt";
}
