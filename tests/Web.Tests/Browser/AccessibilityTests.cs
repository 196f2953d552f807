using Granary.Contracts;
using OpenQA.Selenium;

namespace Granary.Web.Tests.Browser;

public sealed class AccessibilityTests(WebCluster cluster)
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Axe_finds_nothing_serious_on_any_view(bool dark)
    {
        var job = await cluster.Submit(cluster.Blobs(epochs: 10));
        await cluster.Until(job, s => s.State == JobState.Completed);
        using var browser = new Chromium(cluster.Address, dark);
        foreach (var (hash, ready) in new[] { ("#/", ".job .spark polyline"), ($"#/jobs/{job}", ".goodput .legend li"), ($"#/compare/{job}", "tbody a"), ("#/silos", ".card") })
        {
            browser.Go(hash);
            browser.Find(ready);
            foreach (var width in new[] { 1440, 400 })
            {
                browser.Size(width, 900);
                var serious = Axe.Serious(browser);
                Assert.True(serious.Count == 0, $"{hash} at {width}, {(dark ? "dark" : "light")}:\n{string.Join('\n', serious)}");
            }
        }
    }

    [Fact]
    public async Task A_job_is_found_and_cancelled_by_keys_alone()
    {
        var job = await cluster.Endless("keys");
        using var browser = new Chromium(cluster.Address);
        browser.Find($"a[href='#/jobs/{job}']");
        TabTo(browser, $"a[href='#/jobs/{job}']");
        browser.Type(Keys.Enter);
        browser.Find("#cancel");
        TabTo(browser, "#cancel");
        browser.Type(Keys.Enter);
        browser.Find("#confirm[open]");
        Assert.True((bool)browser.Run("return document.getElementById('confirm').contains(document.activeElement)")!);
        browser.Type(Keys.Escape);
        browser.Until(() => (bool)browser.Run("return !document.getElementById('confirm').open")! ? "" : null, "Escape does not close the question");
        Assert.True((bool)browser.Run("return document.activeElement.id === 'cancel'")!); // where one was
        Assert.Equal(JobState.Running, (await cluster.Until(job, _ => true)).State);
        browser.Type(Keys.Enter);
        browser.Find("#confirm[open]");
        TabTo(browser, "#confirm-yes");
        browser.Type(Keys.Enter);
        await cluster.Until(job, s => s.State == JobState.Cancelled);
    }

    [Fact]
    public async Task The_time_of_a_job_is_shown_in_parts_that_add_up()
    {
        var job = await cluster.Submit(cluster.Blobs(epochs: 10));
        await cluster.Until(job, s => s.State == JobState.Completed);
        var report = await cluster.Get($"/api/v1/jobs/{job}/goodput");
        var parts = report.GetProperty("parts").EnumerateArray().ToArray();
        var wall = report.GetProperty("wallSeconds").GetDouble();
        Assert.Equal(wall, parts.Sum(p => p.GetProperty("seconds").GetDouble()), wall * 0.005);
        Assert.Equal(1, parts.Sum(p => p.GetProperty("part").GetDouble()), 0.005);
        Assert.Equal(report.GetProperty("goodput").GetDouble(), parts.Where(p => p.GetProperty("good").GetBoolean()).Sum(p => p.GetProperty("part").GetDouble()), 1e-9);

        using var browser = new Chromium(cluster.Address);
        browser.Size(400, 900);
        browser.Go($"#/jobs/{job}");
        browser.Find(".goodput .legend li");
        string[] named = [.. parts.Where(p => p.GetProperty("seconds").GetDouble() > 0).Select(p => p.GetProperty("name").GetString()!)];
        Assert.Equal(string.Join('|', named), browser.Run("return [...document.querySelectorAll('.goodput .legend .name')].map(e => e.textContent).join('|')"));

        // The bar's pieces are as wide as their parts, but for those that would not be seen.
        var widths = ((string)browser.Run("return [...document.querySelectorAll('.goodput .stack i')].map(e => e.getBoundingClientRect().width / e.parentElement.clientWidth).join(' ')")!)
            .Split(' ').Select(w => double.Parse(w, System.Globalization.CultureInfo.InvariantCulture)).ToArray();
        Assert.All(widths.Zip(parts.Where(p => p.GetProperty("seconds").GetDouble() > 0)), p => Assert.Equal(p.Second.GetProperty("part").GetDouble(), p.First, 0.06));
        Assert.InRange((long)browser.Run("return document.documentElement.scrollWidth")!, 1, 400);
    }

    // As often as it takes, as a person would.
    private static void TabTo(Chromium browser, string css)
    {
        for (var i = 0; i < 60; i++)
        {
            if ((bool)browser.Run($"return document.activeElement === document.querySelector({System.Text.Json.JsonSerializer.Serialize(css)})")!)
            {
                return;
            }

            browser.Type(Keys.Tab);
        }

        Assert.Fail($"{css} cannot be reached with Tab");
    }
}
