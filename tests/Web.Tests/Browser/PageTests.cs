using System.Text.Json;
using Granary.Contracts;

namespace Granary.Web.Tests.Browser;

public sealed class PageTests(WebCluster cluster)
{
    [Fact]
    public async Task A_curve_moves_and_goes_on_over_a_kill_until_the_job_is_cancelled()
    {
        using var browser = new Chromium(cluster.Address);
        var job = await cluster.Endless("watched");
        browser.Click($"a[href='#/jobs/{job}']");
        browser.Until(() => browser.Shown("points") > 3 ? "" : null, "no curve is drawn");
        var step = browser.Shown("step");
        browser.Until(() => browser.Shown("step") > step ? "" : null, "the curve does not move");
        Assert.True(InkOf(browser, "Loss") > 100);

        browser.Run("window.event1 = document.querySelector('.events li:last-child')");
        var lost = await cluster.KillOneOf(job);
        Assert.Contains(lost, browser.Text("li[data-kind=siloLost]"), StringComparison.Ordinal);
        var (generation, reached) = (browser.Shown("generation"), browser.Shown("step"));
        Assert.True((bool)browser.Run("return window.event1.isConnected")!); // what is selected in it stays
        browser.Until(() => browser.Shown("generation") > 1 && browser.Shown("step") > reached ? "" : null, $"the curve does not go on after generation {generation}");
        Assert.True(browser.Find("#offline, #main").Displayed);

        browser.Click("#pause");
        browser.Find(".state.paused");
        browser.Click("#resume");
        browser.Find(".state.running");

        browser.Click("#cancel");
        browser.Click("#confirm-no"); // whoever has pressed by mistake
        Assert.Equal(JobState.Running, (await cluster.Until(job, _ => true)).State);
        browser.Click("#cancel");
        browser.Click("#confirm-yes");
        browser.Find(".state.cancelled");
        Assert.Equal(JobState.Cancelled, (await cluster.Until(job, s => s.State != JobState.Running)).State);
        browser.Find("a[href$='model.safetensors']");
        Assert.Empty(browser.Complaints);
    }

    [Fact]
    public async Task Curves_are_zoomed_and_smoothed_and_read_by_keys()
    {
        var job = await cluster.Submit(cluster.Blobs(epochs: 60));
        await cluster.Until(job, s => s.State == JobState.Completed);
        using var browser = new Chromium(cluster.Address);
        browser.Go($"#/jobs/{job}");
        var canvas = browser.Find("canvas[aria-label^='Loss: ']");
        browser.Until(() => browser.Shown("points") > 100 ? "" : null, "no curve is drawn");

        // The cursor, by keys alone, on every chart at once.
        browser.Run("document.querySelector('canvas').focus()");
        browser.Type(OpenQA.Selenium.Keys.ArrowRight);
        browser.Find("canvas[aria-label^='Held-out accuracy at ']");
        browser.Type("+");
        browser.Find(".tools button:not([hidden])");
        browser.Type("0");
        browser.Until(() => (bool)browser.Run("return document.querySelector('.tools button').hidden")! ? "" : null, "the whole range is not back");

        var whole = (string)browser.Run("return document.querySelector('canvas').toDataURL()")!;
        browser.Drag(canvas, 0.3, 0.6);
        browser.Click(".tools button:not([hidden])");
        foreach (var change in new[]
        {
            "document.getElementById('log').click()",
            "let s = document.getElementById('smoothing'); s.value = 0.9; s.dispatchEvent(new Event('input'))",
            "document.querySelector('input[value=time]').click()",
        })
        {
            var before = (string)browser.Run("return document.querySelector('canvas').toDataURL()")!;
            browser.Run(change);
            browser.Until(() => (string)browser.Run("return document.querySelector('canvas').toDataURL()")! != before ? "" : null, $"nothing is drawn anew by {change}");
        }

        Assert.NotEqual(whole, (string)browser.Run("return document.querySelector('canvas').toDataURL()")!);
        Assert.Empty(browser.Complaints);
    }

    [Fact]
    public async Task Jobs_are_compared()
    {
        string[] jobs = [await cluster.Submit(cluster.Blobs(20, "slow", 0.01)), await cluster.Submit(cluster.Blobs(20, "fast", 0.3))];
        foreach (var job in jobs)
        {
            await cluster.Until(job, s => s.State == JobState.Completed);
        }

        using var browser = new Chromium(cluster.Address);
        foreach (var job in jobs)
        {
            browser.Click($"input[aria-label='Compare {job}']");
        }

        browser.Click("a.button.primary");
        browser.Until(() => browser.Shown("jobs") == 2 ? "" : null, "two jobs are not compared");
        browser.Until(() => browser.Find("canvas").GetAttribute("aria-label") is { } l && l.Contains("slow", StringComparison.Ordinal) && l.Contains("fast", StringComparison.Ordinal) ? "" : null, "both curves are not there");
        Assert.Empty(browser.Complaints);
    }

    // What a user has named is text, wherever it stands.
    [Fact]
    public async Task A_name_is_never_read_as_markup()
    {
        const string Evil = "<img src=x onerror=document.title='taken'><script>document.title='taken'</script>";
        using var browser = new Chromium(cluster.Address);
        browser.Go("#/jobs/" + Uri.EscapeDataString(Evil));
        var said = browser.Until(() => browser.Text("#main") is var t && t.Contains("there is no job", StringComparison.Ordinal) ? t : null, "an unknown job is not said to be unknown");
        Assert.Contains("<script>", said, StringComparison.Ordinal);
        Assert.Equal("0", browser.Run("return String(document.querySelectorAll('main img, main script').length)"));
        Assert.NotEqual("taken", browser.Run("return document.title"));
        await Task.CompletedTask;
    }

    [Fact]
    public void The_policy_keeps_scripts_from_elsewhere_out()
    {
        using var browser = new Chromium(cluster.Address);
        browser.Find("h1");
        browser.Run("let s = document.createElement('script'); s.textContent = 'window.taken = true'; document.body.append(s)");
        browser.Run("let i = document.createElement('img'); i.src = 'http://127.0.0.1:9/x.png'; document.body.append(i)");
        Assert.Equal("no", browser.Run("return window.taken ? 'yes' : 'no'"));
        browser.Until(() => browser.Complaints.Any(c => c.Contains("Content Security Policy", StringComparison.Ordinal)) ? "" : null, "nothing was forbidden");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Every_view_can_be_read_and_fits_a_phone(bool dark)
    {
        var job = await cluster.Submit(cluster.Blobs(epochs: 10));
        await cluster.Until(job, s => s.State == JobState.Completed);
        using var browser = new Chromium(cluster.Address, dark);
        foreach (var (hash, ready) in new[] { ("#/", ".job .spark polyline"), ($"#/jobs/{job}", ".files a"), ($"#/compare/{job}", "tbody a"), ("#/silos", ".card") })
        {
            browser.Go(hash);
            browser.Find(ready);
            foreach (var width in new[] { 1440, 900, 400 })
            {
                browser.Size(width, 900);
                Assert.InRange((long)browser.Run("return document.documentElement.scrollWidth")!, 1, width);
                var faint = JsonSerializer.Deserialize<string[]>((string)browser.Run(Contrast.Script)!)!;
                Assert.True(faint.Length == 0, $"{hash} at {width}, {(dark ? "dark" : "light")}: {string.Join("; ", faint)}");
            }
        }

        Assert.Empty(browser.Complaints);
    }

    // Pixels of a chart that are drawn in the colour of a curve.
    private static long InkOf(Chromium browser, string title) => (long)browser.Run($$"""
        const c = document.querySelector("canvas[aria-label^='{{title}}']");
        const d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data;
        let n = 0;
        for (let i = 0; i < d.length; i += 4) if (d[i + 3] > 100 && d[i + 2] - d[i] > 90) n++;
        return n;
        """)!;
}
