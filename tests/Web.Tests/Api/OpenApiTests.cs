using Granary.Web.Api;

namespace Granary.Web.Tests.Api;

public sealed class OpenApiTests(WebCluster cluster)
{
    [Fact]
    public async Task Every_route_is_described()
    {
        var document = await cluster.Get("/openapi/v1.json");
        var described = document.GetProperty("paths").EnumerateObject().SelectMany(p => p.Value.EnumerateObject().Select(m => $"{m.Name.ToUpperInvariant()} {p.Name}")).ToHashSet();
        string[] known =
        [
            "GET /api/v1/cluster", "GET /api/v1/silos", "GET /api/v1/jobs", "POST /api/v1/jobs", "GET /api/v1/jobs/{job}",
            "POST /api/v1/jobs/{job}/cancel", "POST /api/v1/jobs/{job}/pause", "POST /api/v1/jobs/{job}/resume",
            "GET /api/v1/jobs/{job}/events", "GET /api/v1/jobs/{job}/events/stream", "GET /api/v1/jobs/{job}/metrics",
            "GET /api/v1/jobs/{job}/activity", "GET /api/v1/jobs/{job}/goodput", "GET /api/v1/jobs/{job}/artifacts", "GET /api/v1/jobs/{job}/artifacts/{name}",
            "GET /api/v1/whoami", "POST /api/v1/login", "POST /api/v1/logout", "GET /api/v1/tokens", "POST /api/v1/tokens", "DELETE /api/v1/tokens/{name}", "GET /api/v1/audit-log",
            "GET /api/v1/uploads/{sha256}", "PUT /api/v1/uploads/{sha256}",
        ];
        Assert.Equal(known.Order(StringComparer.Ordinal), described.Order(StringComparer.Ordinal));
        Assert.All(document.GetProperty("paths").EnumerateObject().SelectMany(p => p.Value.EnumerateObject()), m => Assert.False(string.IsNullOrEmpty(m.Value.GetProperty("summary").GetString())));
    }

    // docs/reference/http-api.md is written by this test: GRANARY_UPDATE_REFERENCE=1.
    [Fact]
    public async Task The_page_of_the_docs_is_made_from_the_description()
    {
        var page = HttpApiPage.Of(await cluster.Get("/openapi/v1.json"));
        var file = Path.Combine(Repository.Root, "docs/reference/http-api.md");
        if (Environment.GetEnvironmentVariable("GRANARY_UPDATE_REFERENCE") == "1")
        {
            await File.WriteAllTextAsync(file, page);
        }

        Assert.Equal(page, await File.ReadAllTextAsync(file));
    }

    [Theory]
    [InlineData("a.yaml:3: x is 1. Set x to 2.", "Set x to 2.")]
    [InlineData("a.yaml:3: x is 1", null)]
    [InlineData("a.yaml:3: x is 1.5, but must be whole", null)]
    public void A_remedy_is_what_is_said_after_the_fault(string message, string? remedy) => Assert.Equal(remedy, Problem.Remedy(message));
}
