using System.Text;
using Granary.Contracts;

namespace Granary.Web.Tests.Access;

/// <summary>Who may call what, as docs/how-to/security.md says it: every route of the server is here. A route that is new must be decided about, and added.</summary>
internal static class RouteTable
{
    /// <summary>The least role for each route; null: nobody needs a token.</summary>
    public static IReadOnlyDictionary<string, Role?> Least { get; } = new Dictionary<string, Role?>
    {
        ["GET /"] = null,
        ["GET /api/v1/proof"] = null,
        ["GET /api/v1/cluster"] = Role.Viewer,
        ["GET /api/v1/silos"] = Role.Viewer,
        ["GET /api/v1/jobs"] = Role.Viewer,
        ["GET /api/v1/jobs/{job}"] = Role.Viewer,
        ["GET /api/v1/jobs/{job}/activity"] = Role.Viewer,
        ["GET /api/v1/jobs/{job}/events"] = Role.Viewer,
        ["GET /api/v1/jobs/{job}/events/stream"] = Role.Viewer,
        ["GET /api/v1/jobs/{job}/metrics"] = Role.Viewer,
        ["GET /api/v1/jobs/{job}/goodput"] = Role.Viewer,
        ["GET /api/v1/jobs/{job}/artifacts"] = Role.Viewer,
        ["GET /api/v1/jobs/{job}/artifacts/{name}"] = Role.Viewer,
        ["GET /api/v1/records/1"] = Role.Viewer,
        ["GET /api/v1/records/1/silos"] = Role.Viewer,
        ["GET /api/v1/records/1/jobs"] = Role.Viewer,
        ["GET /api/v1/records/1/status"] = Role.Viewer,
        ["GET /api/v1/records/1/events"] = Role.Viewer,
        ["GET /api/v1/records/1/goodput"] = Role.Viewer,
        ["GET /api/v1/records/1/activity"] = Role.Viewer,
        ["GET /openapi/{documentName}.json"] = Role.Viewer,
        ["GET /api/v1/whoami"] = Role.Viewer,
        ["POST /api/v1/login"] = Role.Viewer,
        ["POST /api/v1/logout"] = null,
        ["POST /api/v1/jobs"] = Role.Submitter,
        ["POST /api/v1/jobs/{job}/cancel"] = Role.Submitter,
        ["POST /api/v1/jobs/{job}/pause"] = Role.Submitter,
        ["POST /api/v1/jobs/{job}/resume"] = Role.Submitter,
        ["POST /api/v1/records/1/jobs"] = Role.Submitter,
        ["POST /api/v1/records/1/cancel"] = Role.Submitter,
        ["POST /api/v1/records/1/pause"] = Role.Submitter,
        ["POST /api/v1/records/1/resume"] = Role.Submitter,
        ["GET /api/v1/uploads/{sha256}"] = Role.Submitter,
        ["PUT /api/v1/uploads/{sha256}"] = Role.Submitter,
        ["GET /api/v1/tokens"] = Role.Operator,
        ["POST /api/v1/tokens"] = Role.Operator,
        ["DELETE /api/v1/tokens/{name}"] = Role.Operator,
        ["GET /api/v1/audit-log"] = Role.Operator,
    };

    /// <summary>What the audit log calls a call of each route that changes something.</summary>
    public static IReadOnlyDictionary<string, string> Actions { get; } = new Dictionary<string, string>
    {
        ["POST /api/v1/login"] = "login",
        ["POST /api/v1/jobs"] = "job.submit",
        ["POST /api/v1/jobs/{job}/cancel"] = "job.cancel",
        ["POST /api/v1/jobs/{job}/pause"] = "job.pause",
        ["POST /api/v1/jobs/{job}/resume"] = "job.resume",
        ["POST /api/v1/records/1/jobs"] = "job.submit",
        ["POST /api/v1/records/1/cancel"] = "job.cancel",
        ["POST /api/v1/records/1/pause"] = "job.pause",
        ["POST /api/v1/records/1/resume"] = "job.resume",
        ["PUT /api/v1/uploads/{sha256}"] = "data.upload",
        ["POST /api/v1/tokens"] = "token.create",
        ["DELETE /api/v1/tokens/{name}"] = "token.revoke",
    };

    /// <summary>A call of a route which changes nothing, because there is no such job, no such token and no such upload.</summary>
    public static HttpRequestMessage Call(string route)
    {
        var (method, path) = (route.Split(' ')[0], route.Split(' ')[1]);
        var filled = path.Replace("{job}", "nothing-1", StringComparison.Ordinal).Replace("{name}", "nothing-1", StringComparison.Ordinal)
            .Replace("{documentName}", "v1", StringComparison.Ordinal).Replace("{sha256}", "nothing", StringComparison.Ordinal);
        if (path.StartsWith("/api/v1/records/1/", StringComparison.Ordinal))
        {
            filled += "?job=nothing-1&known=0";
        }

        var request = new HttpRequestMessage(new HttpMethod(method), filled);
        request.Content = route switch
        {
            "POST /api/v1/jobs" => new StringContent("nothing", Encoding.UTF8, "application/yaml"),
            "POST /api/v1/records/1/jobs" => new StringContent("nothing", Encoding.UTF8, "application/json"),
            "PUT /api/v1/uploads/{sha256}" => new StringContent("nothing", Encoding.UTF8, "application/octet-stream"),
            _ => null,
        };
        return request;
    }
}
