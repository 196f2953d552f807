using System.Net;
using Microsoft.AspNetCore.Http;

namespace Granary.Web.Security;

/// <summary>Which requests are refused, because another web page may be behind them. The page needs no password on a machine of one's own, so
/// that must be certain: a browser says which page a request comes from, and a page elsewhere can change neither that nor the name that it calls.</summary>
/// <param name="hosts">Names by which it may be called, besides the loopback's and the addresses that are listened at; "*": any.</param>
internal sealed class RequestRule(IReadOnlyList<string> hosts)
{
    private static readonly string[] Loopback = ["localhost", "127.0.0.1", "[::1]"];

    /// <summary>Why a request is refused; null: it is not.</summary>
    /// <param name="method">GET, POST, ...</param>
    /// <param name="host">The Host header.</param>
    /// <param name="origin">The Origin header; empty: none.</param>
    /// <param name="site">The Sec-Fetch-Site header; empty: none.</param>
    /// <param name="local">The address at which the connection came in.</param>
    public string? Refusal(string method, HostString host, string origin, string site, IPAddress? local)
    {
        // DNS rebinding: a page at a name of its own lets that name point here. The browser still sends the name.
        if (!MayBeCalled(host, local))
        {
            return $"this server is not called '{host}'. Call it by its address, or name the host as --web-hosts.";
        }

        if (HttpMethods.IsGet(method) || HttpMethods.IsHead(method))
        {
            return null; // browsers keep the answer from other pages
        }

        if (site is not ("" or "same-origin" or "none"))
        {
            return "a page of another site asks for a change. Only this server's own page, and programs, may.";
        }

        return origin.Length == 0 || (Uri.TryCreate(origin, UriKind.Absolute, out var from) && from.Authority == Authority(host, from.Scheme))
            ? null
            : $"the page {origin} asks for a change. Only this server's own page, and programs, may.";
    }

    private bool MayBeCalled(HostString host, IPAddress? local) =>
        host.HasValue
        && (Loopback.Contains(host.Host, StringComparer.OrdinalIgnoreCase)
            || hosts.Contains("*")
            || hosts.Contains(host.Host, StringComparer.OrdinalIgnoreCase)
            || (local is not null && IPAddress.TryParse(host.Host.Trim('[', ']'), out var called) && called.Equals(local.IsIPv4MappedToIPv6 ? local.MapToIPv4() : local)));

    // Uri leaves out the port that a scheme has anyhow; so does an origin.
    private static string Authority(HostString host, string scheme) =>
        Uri.TryCreate($"{scheme}://{host.Value}", UriKind.Absolute, out var own) ? own.Authority : "";
}
