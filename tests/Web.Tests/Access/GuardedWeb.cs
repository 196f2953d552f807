using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Granary.Contracts;
using Granary.Web.Hosting;
using Granary.Web.Security;

namespace Granary.Web.Tests.Access;

/// <summary>A server of the cluster that asks for tokens.</summary>
internal sealed class GuardedWeb : IAsyncDisposable
{
    public const string Key = "granary_the-key-of-the-home-of-these-tests";

    private readonly List<HttpClient> _clients = [];

    private GuardedWeb(ClusterWeb web, string folder) => (Web, Folder) = (web, folder);

    public ClusterWeb Web { get; }

    /// <summary>For its audit log and uploads.</summary>
    public string Folder { get; }

    public string Audit => Path.Combine(Folder, "audit");

    public static async Task<GuardedWeb> Start(IGrainFactory grains, TimeProvider? time = null, string silo = "silo-1", string? folder = null, long longestUpload = 1 << 20, long uploadSpace = 1 << 30, OidcSettings? oidc = null)
    {
        folder ??= Directory.CreateTempSubdirectory("granary-test-").FullName;
        var settings = new WebSettings(silo, "test", new IPEndPoint(IPAddress.Loopback, 0))
        {
            Access = new AccessSettings { DemandsTokens = true, Keys = [new FixedKey("home", TokenText.HashOf(Key)) { Proof = KeyProof.Of(Key) }], AuditFolder = Path.Combine(folder, "audit"), Oidc = oidc },
            Uploads = Path.Combine(folder, "uploads"),
            LongestUpload = longestUpload,
            UploadSpace = uploadSpace,
        };
        return new GuardedWeb(await ClusterWeb.Start(settings, grains, new DataCheckOfTests(), time: time), folder);
    }

    /// <summary>A client that shows a token; null: none.</summary>
    public HttpClient With(string? token)
    {
        var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = Web.Address, Timeout = TimeSpan.FromMinutes(3) };
        if (token is not null)
        {
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        _clients.Add(http);
        return http;
    }

    /// <summary>Has a token made, as an operator does.</summary>
    public async Task<string> Make(string name, Role role)
    {
        using var answer = await With(Key).PostAsync($"/api/v1/tokens?name={name}&role={role.ToString().ToLowerInvariant()}", null);
        Assert.True(answer.StatusCode == HttpStatusCode.Created, await answer.Content.ReadAsStringAsync());
        return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("token").GetString()!;
    }

    public async ValueTask DisposeAsync()
    {
        _clients.ForEach(c => c.Dispose());
        await Web.DisposeAsync();
        if (Directory.Exists(Folder))
        {
            Directory.Delete(Folder, recursive: true);
        }
    }

    /// <summary>A name that no other test has taken.</summary>
    public static string NewName(string start) => $"{start}-{Guid.NewGuid():N}"[..30];
}
