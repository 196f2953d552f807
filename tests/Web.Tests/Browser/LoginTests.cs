using Granary.Contracts;
using Granary.Web.Tests.Access;

namespace Granary.Web.Tests.Browser;

public sealed class LoginTests(WebCluster cluster)
{
    [Fact]
    public async Task The_page_asks_for_a_token_and_keeps_it_until_it_is_told_to_forget_it()
    {
        await using var web = await GuardedWeb.Start(cluster.Cluster.Client);
        var name = GuardedWeb.NewName("reader");
        var token = await web.Make(name, Role.Viewer);
        var job = await cluster.Submit(cluster.Blobs(epochs: 2, "seen"));
        await cluster.Until(job, s => s.State == JobState.Completed);
        using var browser = new Chromium(web.Web.Address);
        browser.Find(".login #token");
        Assert.DoesNotContain(job, browser.Text("body"));

        browser.Run("document.getElementById('token').focus()");
        browser.Type("granary_wrong" + OpenQA.Selenium.Keys.Enter);
        Assert.Contains("does not know the token", browser.Text(".login .failure"));
        browser.Type(token + OpenQA.Selenium.Keys.Enter);
        browser.Click($"a[href='#/jobs/{job}']");
        browser.Find(".state.completed"); // by the stream of events, which has the cookie alone
        browser.Find("a[href$='model.safetensors']");
        Assert.Equal("", browser.Run("return document.cookie"));
        Assert.False((bool)browser.Run("return JSON.stringify([localStorage, sessionStorage]).includes('granary_')")!);
        Assert.Equal($"{name}, viewer", browser.Find("#logout").GetAttribute("title"));

        browser.Click("#logout");
        browser.Find(".login #token");
        Assert.DoesNotContain(job, browser.Text("body"));
    }

    [Fact]
    public void A_cluster_that_asks_for_none_shows_no_login()
    {
        using var browser = new Chromium(cluster.Address);
        browser.Find(".head h1");
        browser.Until(() => browser.Text("#cluster").Length > 0 ? "" : null, "nothing is known of the cluster");
        Assert.False((bool)browser.Run("return !!document.querySelector('.login')")!);
        Assert.True((bool)browser.Run("return document.getElementById('logout').hidden")!);
        Assert.Empty(browser.Complaints);
    }
}
