using System.Globalization;

namespace Granary.Web.Tests.Browser;

public sealed class ManyJobsTests(ITestOutputHelper output)
{
    // How long a click takes depends on the machine and is printed; what it depends on, the points that come, is bounded.
    [Fact]
    public async Task Fifty_jobs_of_a_hundred_thousand_points_stay_easy_to_use()
    {
        await using var many = await ManyJobs.Start(jobs: 50, points: 100_000, "many");
        using var browser = new Chromium(many.Address);
        browser.Until(() => (long)browser.Run("return document.querySelectorAll('.job').length")! == 50 ? "" : null, "not every job is listed");
        browser.Find(".job .spark polyline");
        var clicked = Milliseconds(browser, "document.querySelector(\"a[href='#/jobs/many-7']\").click()", "Number(document.getElementById('main').dataset.points) > 0");
        Assert.InRange(browser.Shown("points"), 100, 800);
        output.WriteLine($"from a click to the job's curves: {clicked:0} ms");
        foreach (var (what, change) in new[]
        {
            ("log scale", "document.getElementById('log').click()"),
            ("time on the axis", "document.querySelector('input[value=time]').click()"),
            ("smoothing", "let s = document.getElementById('smoothing'); s.value = 0.9; s.dispatchEvent(new Event('input'))"),
        })
        {
            output.WriteLine($"{what}: {Milliseconds(browser, change, "true"):0} ms");
        }

        output.WriteLine($"back to the list: {Milliseconds(browser, "document.getElementById('nav-jobs').click()", "document.querySelectorAll('.job').length === 50"):0} ms");
        Assert.Empty(browser.Complaints);
    }

    [Fact]
    public async Task Markup_in_names_is_shown_and_never_run()
    {
        const string Evil = "<img src=x onerror=\"window.taken=1\"><script>window.taken=1</script>";
        await using var many = await ManyJobs.Start(jobs: 2, points: 2000, Evil);
        using var browser = new Chromium(many.Address);
        foreach (var (hash, shows) in new[] { ("#/", ".job .title a"), ("#/jobs/many-0", "h1"), ("#/jobs/many-0", ".event p"), ("#/jobs/many-0", ".failure"), ("#/silos", ".card strong") })
        {
            browser.Go(hash);
            browser.Until(() => browser.Text(shows).Contains(Evil, StringComparison.Ordinal) ? "" : null, $"{hash} does not show the name as it is in {shows}");
        }

        browser.Go("#/compare/many-0,many-1");
        browser.Until(() => browser.Shown("jobs") == 2 ? "" : null, "the jobs are not compared");
        Assert.Equal("0", browser.Run("return String(document.querySelectorAll('main img, main script').length)"));
        Assert.Equal("no", browser.Run("return window.taken ? 'yes' : 'no'"));
    }

    // Until what it leads to has been drawn.
    private static double Milliseconds(Chromium browser, string act, string until) => Convert.ToDouble(
        browser.Run($$"""
            const began = performance.now();
            {{act}};
            return new Promise(done => {
              const look = () => ({{until}}) ? requestAnimationFrame(() => setTimeout(() => done(performance.now() - began))) : setTimeout(look, 1);
              look();
            });
            """),
        CultureInfo.InvariantCulture);
}
