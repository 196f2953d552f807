using System.Net;
using Granary.Contracts;

namespace Granary.Web.Tests.Access;

/// <summary>A silo shows that it has the key of its home, and does not tell it.</summary>
public sealed class ProofTests(WebCluster cluster)
{
    private static string Question(string nonce) => $"{KeyProof.Path}?nonce={nonce}";

    [Fact]
    public async Task A_silo_shows_it_at_its_own_address_to_whoever_asks()
    {
        await using var web = await GuardedWeb.Start(cluster.Cluster.Client);
        var nonce = KeyProof.NewNonce();
        using var answer = await web.With(null).GetAsync(Question(nonce));
        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
        var proof = Assert.Single(answer.Headers.GetValues(KeyProof.Header));
        Assert.True(KeyProof.Of(GuardedWeb.Key).Holds(proof, nonce, new IPEndPoint(IPAddress.Loopback, web.Web.Address.Port)));
        Assert.False(KeyProof.Of(GuardedWeb.Key).Holds(proof, nonce, new IPEndPoint(IPAddress.Loopback, web.Web.Address.Port + 1)));
        using var asToken = await web.With(proof).GetAsync("/api/v1/jobs");
        Assert.Equal(HttpStatusCode.Unauthorized, asToken.StatusCode); // it opens nothing
    }

    [Theory]
    [InlineData("")]
    [InlineData("0123")]
    [InlineData("zz23456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef")]
    public async Task What_is_no_nonce_is_refused(string nonce)
    {
        await using var web = await GuardedWeb.Start(cluster.Cluster.Client);
        using var answer = await web.With(null).GetAsync(Question(nonce));
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.False(answer.Headers.Contains(KeyProof.Header));
    }

    [Fact]
    public async Task A_server_without_a_home_s_key_has_nothing_to_show()
    {
        using var answer = await cluster.Http.GetAsync(Question(KeyProof.NewNonce()));
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }
}
