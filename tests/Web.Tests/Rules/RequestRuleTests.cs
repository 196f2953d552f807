using System.Net;
using Granary.Web.Security;
using Microsoft.AspNetCore.Http;

namespace Granary.Web.Tests.Rules;

public sealed class RequestRuleTests
{
    private static string? Post(RequestRule rule, string host, string origin = "", string site = "", string local = "10.1.2.3") =>
        rule.Refusal("POST", new HostString(host), origin, site, IPAddress.Parse(local));

    [Fact]
    public void Behind_a_proxy_it_has_the_name_that_it_is_given()
    {
        var rule = new RequestRule(["train.example"]);
        Assert.Null(Post(rule, "train.example", "https://train.example", "same-origin"));
        Assert.Null(Post(rule, "TRAIN.example:8443", "https://train.example:8443"));
        Assert.NotNull(Post(rule, "train.example", "https://train.example:8443"));
        Assert.NotNull(Post(rule, "other.example", "https://other.example"));
        Assert.Null(Post(new RequestRule(["*"]), "other.example", "https://other.example"));
        Assert.NotNull(Post(new RequestRule(["*"]), "other.example", "https://elsewhere.example"));
    }

    [Fact]
    public void It_may_be_called_by_the_address_at_which_it_listens()
    {
        Assert.Null(Post(new RequestRule([]), "10.1.2.3:80", "http://10.1.2.3"));
        Assert.Null(Post(new RequestRule([]), "10.1.2.3", local: "::ffff:10.1.2.3"));
        Assert.NotNull(Post(new RequestRule([]), "10.1.2.4"));
    }

    [Fact]
    public void A_program_says_no_origin_and_is_answered() => Assert.Null(Post(new RequestRule([]), "localhost:1"));
}
