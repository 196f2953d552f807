using System.CommandLine;
using Granary.Client.Display;
using Granary.Client.Planning;
using Granary.Jobs;

namespace Granary.Architecture.Tests.Docs;

/// <summary>What the docs show as printed is what is printed, where no training is needed for it; everything else was put there by
/// docs/tools/outputs.py, which runs the commands.</summary>
public class DocOutputTests
{
    private const string Page = "docs/how-to/size-a-cluster.md";

    private const string Mark = "<!-- outputs.py -->";

    private const string Checked = "<!-- checked -->";

    [Fact]
    public void The_inventory_of_gpt_3_is_the_one_that_is_printed()
    {
        var (model, input) = ModelPresets.Of("gpt-3");
        Assert.Equal(new InventoryReport("gpt-3", model, input, []).Text(null), DocPages.Output(Page, "granary inspect --preset gpt-3"));
    }

    [Fact]
    public void The_plan_of_gpt_2_xl_is_the_one_that_is_printed()
    {
        const string Line = "plan --preset gpt-2-xl --batch 512 --silos 8 --up-to 512 --flops 100T --bandwidth 100Gbit --latency 20us";
        var (options, command) = (new PlanOptions(), new Command("plan") { TreatUnmatchedTokensAsErrors = false });
        foreach (var option in options.All)
        {
            command.Add(option);
        }

        var facts = options.Over(new ClusterFacts { Flops = double.NaN, Bandwidth = double.NaN, Latency = double.NaN }, new RootCommand { command }.Parse(Line));
        Assert.Equal(
            new PlanReport(PlannedJob.OfPreset("gpt-2-xl", 512), facts, null, [8], 512, ShardsToSuit: true).Text(null),
            DocPages.Output(Page, $"granary {Line}"));
    }

    [Fact]
    public void Every_output_is_checked_or_was_put_there_by_a_run() => Assert.All(DocPages.Blocks.Where(b => b.Language.Length == 0 && HasOutput(b.Text)), block =>
    {
        Assert.True(DocPages.Above(block).StartsWith("<!-- ", StringComparison.Ordinal), $"{block} shows an output. Put {Mark} above it and run docs/tools/outputs.py {block.Page}; or check it in a test and put {Checked} there.");
    });

    // The first lines may be commands; a line that is not one, below them, was printed.
    private static bool HasOutput(string text) => text.StartsWith("$ ", StringComparison.Ordinal)
        && text.Replace("\\\n", " ", StringComparison.Ordinal).Split('\n', StringSplitOptions.RemoveEmptyEntries).Any(l => !l.StartsWith("$ ", StringComparison.Ordinal));
}
