using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Granary.Web.Hosting;

namespace Granary.Web.Tests.Api;

public sealed class SharedPortTests(WebCluster cluster)
{
    [Fact]
    public async Task An_address_outlives_the_silo_that_served_it_first()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "silos share a port on Linux alone");
        var first = await Serve("first", 0, isShared: true);
        var page = first.Address;
        await using var second = await Serve("second", page.Port, isShared: true);
        var answered = new HashSet<string>();
        while (answered.Count < 2)
        {
            answered.Add(await Ask(page)); // one after the other: chance says who answers, and each has its turn
        }

        await first.DisposeAsync();
        for (var i = 0; i < 20; i++)
        {
            Assert.Equal("second", await Ask(page));
        }
    }

    [Fact]
    public async Task A_port_that_is_not_to_be_shared_is_refused_to_a_second_one()
    {
        await using var first = await Serve("first", 0, isShared: false);
        await Assert.ThrowsAsync<IOException>(() => Serve("second", first.Address.Port, isShared: false));
        await Assert.ThrowsAsync<IOException>(() => Serve("third", first.Address.Port, isShared: true));
    }

    [Fact]
    public async Task Whoever_watches_does_not_hold_up_a_silo_that_stops()
    {
        var job = await cluster.Endless("watched");
        var web = await Serve("one", 0, isShared: false);
        using var http = new HttpClient { BaseAddress = web.Address };
        await using var stream = await http.GetStreamAsync($"/api/v1/jobs/{job}/events/stream");
        await stream.ReadExactlyAsync(new byte[100]);
        await web.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromMinutes(1));
        await Assert.ThrowsAsync<HttpRequestException>(() => http.GetAsync("/api/v1/cluster"));
        await cluster.End(job);
    }

    private Task<ClusterWeb> Serve(string silo, int port, bool isShared) => ClusterWeb.Start(
        new WebSettings(silo, "test", new IPEndPoint(IPAddress.Loopback, port)) { IsShared = isShared }, cluster.Cluster.Client, cluster.Check);

    private static async Task<string> Ask(Uri page)
    {
        using var http = new HttpClient(); // a connection of its own
        return (await http.GetFromJsonAsync<JsonElement>(new Uri(page, "/api/v1/cluster"))).GetProperty("silo").GetString()!;
    }
}
