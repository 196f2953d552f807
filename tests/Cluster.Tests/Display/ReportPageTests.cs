using System.Diagnostics;
using Granary.Client.Report;
using Granary.Contracts;
using Granary.Jobs;

namespace Granary.Cluster.Tests.Display;

/// <summary>The page of an evaluation draws what is at the edge, too.</summary>
public sealed class ReportPageTests : IDisposable
{
    private const string Browser = "/usr/bin/chromium";

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly string _folder = Directory.CreateTempSubdirectory("granary-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private Task<string> Drawn(double[] truths, double[] predicted, string? weightedBy = null, double? weight = null, ImportanceFigures? importance = null) => Drawn(new EvaluationReport(
        "linear", truths.Length, truths.Length, 0, 0, [], [], false, null, null, 1, new NumberErrors(truths.Length, 0, 0, 0, 0).Figures(), null, [], truths, predicted, weightedBy, weight, importance));

    // The page's elements, once its script has run.
    private async Task<string> Drawn(EvaluationReport report)
    {
        Assert.SkipUnless(File.Exists(Browser), "there is no chromium here: apt-get install chromium");
        var path = Path.Combine(_folder, "page.html");
        await File.WriteAllTextAsync(path, ReportPage.Of(report, new EvaluationRequest("runs/m", "d.csv", null)));
        var info = new ProcessStartInfo(Browser, ["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", $"--user-data-dir={_folder}/profile", "--virtual-time-budget=1000", "--dump-dom", $"file://{path}"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var browser = Process.Start(info)!;
        var (drawn, _) = (browser.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken), browser.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken));
        try
        {
            return await drawn.WaitAsync(Patience); // a script that never ends would not end it either
        }
        finally
        {
            browser.Kill(entireProcessTree: true);
        }
    }

    [Theory]
    [InlineData(3e17, 3e17)] // one more is the same double
    [InlineData(0, 0)]
    [InlineData(-1, 2)]
    public async Task A_single_example_is_drawn_whatever_its_size(double truth, double predicted)
    {
        var page = await Drawn([truth], [predicted]);
        Assert.Contains("linear on d.csv: 1 example<", page);
        Assert.Contains("<h2>How large the residuals are</h2>", page); // not in the script
        Assert.Contains("<footer>", page);
    }

    // Two classes of weights that are small and no whole numbers.
    private static EvaluationReport Classes(string? weightedBy, double? weight)
    {
        var both = new AveragedFigures(0.5, 0.5, 0.5, 0.75, 0.75);
        var figures = new ClassFigures
        {
            Examples = 3,
            Accuracy = 0.5,
            Classes = [new("no", 0.0004, 0.0004, 0.5, 0.5, 0.5, null, null), new("yes", 1234.25, 1234.25, 0.5, 0.5, 0.5, 0.75, 0.75)],
            Macro = both,
            Micro = both,
            Weighted = both,
            Probabilities = new(0.25, 0.5, 0.125, [new(0, 0.1, 0.0004, 0.05, 0), new(0.9, 1, 1234.25, 0.95, 1)]),
            Confusion = [[0.0001, 0.0003], [0, 1234.25]],
        };
        return new("logistic", 3, 3, 0.5, 0.5, ["no", "yes"], [], true, 0.75, null, 1, null, figures, [], [], [], weightedBy, weight);
    }

    [Fact]
    public async Task Weights_are_called_so_and_small_ones_are_no_zeros()
    {
        var page = await Drawn(Classes("households", 1234.2504));
        page = page[page.IndexOf("<main", StringComparison.Ordinal)..page.IndexOf("<script", StringComparison.Ordinal)];
        Assert.Contains("logistic on d.csv: 3 examples<", page);
        Assert.Contains("Weights: column households, 1,234.25 in all. Every figure counts a row as often as it weighs.", page);
        Assert.Contains(">weight</th>", page);
        Assert.Contains(">mean by weight<", page);
        Assert.Contains("no taken for yes: weight 0.0003 of 0.0004", page);
        Assert.Contains(">0.0001</td>", page);
        Assert.Contains("weight 0.0004 from 0.0 to 0.1", page);
        Assert.Contains("what the examples of each bin weigh", page);
        Assert.DoesNotContain(">examples</th>", page);
        Assert.DoesNotContain("NaN", page);
    }

    [Fact]
    public async Task Examples_that_are_not_weighted_are_counted()
    {
        var page = await Drawn(Classes(null, null));
        page = page[page.IndexOf("<main", StringComparison.Ordinal)..page.IndexOf("<script", StringComparison.Ordinal)];
        Assert.DoesNotContain("weight", page, StringComparison.OrdinalIgnoreCase);
        Assert.Contains(">examples</th>", page);
        Assert.Contains("Weights: column w, 0.5 in all.", await Drawn([1, 2], [1, 3], "w", 0.5));
    }

    [Fact]
    public async Task Columns_are_drawn_by_what_they_matter()
    {
        ColumnImportance[] columns =
        [
            new("rooms <4>") { Rmse = new(12.5, 0.25), R2 = new(0.5, 0.125) },
            new("garden") { Rmse = new(double.NaN, double.NaN), R2 = new(-0.0625, 0) },
        ];
        var page = await Drawn([1, 2], [1.5, 2], importance: new ImportanceFigures(3, 9, columns));
        Assert.Contains("<h2>How much each column matters</h2>", page);
        Assert.Matches("<th[^>]*>rooms &lt;4&gt;</th><td>12.5</td><td>0.25</td><td>0.5</td><td>0.125</td>", page);
        Assert.Matches("<th[^>]*>garden</th><td>NaN</td><td>NaN</td><td>-0.0625</td><td>0</td>", page);
        Assert.Contains("mean and deviation of 3 permutations, seed 9", page);
        Assert.DoesNotContain("<h2>How much each column matters</h2>", await Drawn([1, 2], [1.5, 2]));
    }
}
