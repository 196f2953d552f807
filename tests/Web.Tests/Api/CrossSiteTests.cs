using System.Net;
using System.Net.Sockets;
using System.Text;
using Granary.Contracts;

namespace Granary.Web.Tests.Api;

/// <summary>What a page of somebody else's can make a browser do.</summary>
public sealed class CrossSiteTests(WebCluster cluster)
{
    [Fact]
    public async Task A_page_elsewhere_cancels_no_job()
    {
        var job = await cluster.Endless("held");
        Assert.Equal(HttpStatusCode.Forbidden, await Cancel(job, ("Origin", "https://elsewhere.example")));
        Assert.Equal(HttpStatusCode.Forbidden, await Cancel(job, ("Origin", "null")));
        Assert.Equal(HttpStatusCode.Forbidden, await Cancel(job, ("Origin", $"http://127.0.0.1:{cluster.Address.Port + 1}"))); // another program's page on this machine
        Assert.Equal(HttpStatusCode.Forbidden, await Cancel(job, ("Sec-Fetch-Site", "cross-site")));
        Assert.Equal(HttpStatusCode.Forbidden, await Cancel(job, ("Sec-Fetch-Site", "same-site")));
        Assert.Equal(HttpStatusCode.Forbidden, await Cancel(job, ("Host", $"rebound.example:{cluster.Address.Port}"), ("Origin", $"http://rebound.example:{cluster.Address.Port}")));
        Assert.Equal(JobState.Running, (await cluster.Until(job, _ => true)).State);
        Assert.Equal(HttpStatusCode.Accepted, await Cancel(job, ("Origin", cluster.Address.GetLeftPart(UriPartial.Authority)), ("Sec-Fetch-Site", "same-origin")));
        await cluster.Until(job, s => s.State == JobState.Cancelled);
    }

    [Theory]
    [InlineData("rebound.example", false)]
    [InlineData("10.0.0.1", false)]
    [InlineData("localhost.example", false)]
    [InlineData("localhost", true)]
    [InlineData("127.0.0.1", true)]
    [InlineData("[::1]", true)]
    public async Task Nothing_is_read_under_a_name_that_is_not_its_own(string host, bool isRead)
    {
        foreach (var path in new[] { "/", "/api/v1/jobs", "/openapi/v1.json" })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            request.Headers.Host = $"{host}:{cluster.Address.Port}";
            using var answer = await cluster.Http.SendAsync(request);
            Assert.Equal(isRead ? HttpStatusCode.OK : HttpStatusCode.Forbidden, answer.StatusCode);
        }
    }

    [Fact]
    public async Task A_request_that_names_no_host_is_refused()
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, cluster.Address.Port);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes("GET /api/v1/jobs HTTP/1.0\r\n\r\n"));
        using var reader = new StreamReader(client.GetStream());
        Assert.Contains("403", await reader.ReadLineAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_answer_says_what_a_page_may_do()
    {
        foreach (var path in new[] { "/", "/api/v1/jobs", "/nothing-here" })
        {
            using var answer = await cluster.Http.GetAsync(path);
            var policy = Assert.Single(answer.Headers.GetValues("Content-Security-Policy"));
            Assert.Contains("default-src 'none'", policy, StringComparison.Ordinal);
            Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
            Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
            Assert.False(answer.Headers.Contains("Access-Control-Allow-Origin"));
        }
    }

    private async Task<HttpStatusCode> Cancel(string job, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/v1/jobs/{job}/cancel");
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        using var answer = await cluster.Http.SendAsync(request);
        return answer.StatusCode;
    }
}
