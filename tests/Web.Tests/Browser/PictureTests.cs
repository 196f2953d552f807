using Granary.Contracts;

namespace Granary.Web.Tests.Browser;

/// <summary>Pictures of the page for the docs, and to look at: GRANARY_UPDATE_PICTURES=1 writes docs/plots/page-*.png.</summary>
public sealed class PictureTests(WebCluster cluster)
{
    [Fact]
    public async Task Every_view_at_three_sizes()
    {
        Assert.SkipUnless(Environment.GetEnvironmentVariable("GRANARY_UPDATE_PICTURES") == "1", "pictures are written with GRANARY_UPDATE_PICTURES=1 alone");
        var folder = Environment.GetEnvironmentVariable("GRANARY_PICTURES") is { Length: > 0 } place ? place : Path.Combine(Repository.Root, "docs/plots");
        File.Copy(Path.Combine(Repository.Root, "examples/data/digits.csv"), Path.Combine(cluster.Folder, "digits.csv"), overwrite: true); // a path that says nothing of this machine
        string[] done = [await cluster.Submit(Digits("sgd", 0.05, 10)), await cluster.Submit(Digits("adam", 0.002, 10)), await cluster.Submit(Digits("momentum", 0.02, 10))];
        foreach (var id in done)
        {
            await cluster.Until(id, s => s.State == JobState.Completed);
        }

        File.Copy(Path.Combine(Repository.Root, "examples/data/iris.csv"), Path.Combine(cluster.Folder, "iris.csv"), overwrite: true);
        var regression = await cluster.Submit(Iris());
        await cluster.Until(regression, s => s.State == JobState.Completed);
        var job = await cluster.Submit(Digits("sgd", 0.1, 200, "digits"));
        await cluster.Until(job, s => s.Step > 300);
        var lost = await cluster.KillOneOf(job);
        var back = await cluster.Until(job, s => s.Recoveries > 0 && s.Resumed is not null && s.Points.Count > 100);
        var generation = back.Generation;
        await cluster.Until(job, s => s.Step > back.Step + 800);
        foreach (var dark in new[] { false, true })
        {
            using var browser = new Chromium(cluster.Address, dark);
            foreach (var (view, hash, ready) in new[] { ("jobs", "#/", ".job .spark polyline"), ("job", $"#/jobs/{job}", ".event.bad"), ("regression", $"#/jobs/{regression}", ".goodput .legend li"), ("compare", $"#/compare/{string.Join(',', done)}", "tbody a"), ("silos", "#/silos", ".card") })
            {
                browser.Go(hash);
                browser.Find(ready);
                browser.Until(() => view is not ("job" or "regression") || browser.Shown("points") > 100 ? "" : null, "no curve");
                browser.Until(() => view != "compare" || browser.Shown("jobs") == done.Length ? "" : null, "not every job is compared");
                browser.Until(() => browser.Text(".cluster") is { Length: > 0 } t ? t : null, "the cluster is not named");
                foreach (var width in new[] { 1440, 900, 400 })
                {
                    if (dark && width == 900)
                    {
                        continue;
                    }

                    browser.Size(width, width == 1440 ? 1000 : 900);
                    browser.Run("return new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => requestAnimationFrame(done))))");
                    browser.Picture(Path.Combine(folder, $"page-{view}-{width}{(dark ? "-dark" : "")}.png"));
                }
            }
        }

        Assert.NotEmpty(lost);
        Assert.True(generation > 1);
        await cluster.End(job);
    }

    private string Digits(string optimizer, double rate, int epochs, string? name = null) => FormattableString.Invariant($$"""
        version: 1
        name: {{name ?? "digits-" + optimizer}}
        model: { kind: mlp, hidden: [32], activation: relu }
        data: { format: csv, path: {{cluster.Folder}}/digits.csv, label: label, standardize: true, cache: false, shards: 8, validation: { fraction: 0.2 } }
        training: { epochs: {{epochs}}, batch: 64, optimizer: { kind: {{optimizer}}, learningRate: {{rate}} }, schedule: { kind: cosine }, clipNorm: 20 }
        """);

    // A number is predicted: the curve is an RMSE.
    private string Iris() => $$"""
        version: 1
        name: petal-width
        model: { kind: mlp, hidden: [16], activation: tanh }
        data: { format: csv, path: {{cluster.Folder}}/iris.csv, label: petal_width, target: number, ignore: [label], standardize: true, cache: false, shards: 4, validation: { fraction: 0.2 } }
        training: { epochs: 60, batch: 16, optimizer: { kind: adam, learningRate: 0.01 }, schedule: { kind: cosine }, clipNorm: 20 }
        """;
}
