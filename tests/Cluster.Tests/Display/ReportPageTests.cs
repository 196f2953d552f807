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

    // The page's elements, once its script has run.
    private async Task<string> Drawn(double[] truths, double[] predicted)
    {
        Assert.SkipUnless(File.Exists(Browser), "there is no chromium here: apt-get install chromium");
        var numbers = new NumberErrors(truths.Length, 0, 0, 0, 0).Figures();
        var report = new EvaluationReport("linear", truths.Length, truths.Length, 0, 0, [], [], false, null, null, 1, numbers, null, [], truths, predicted);
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
}
