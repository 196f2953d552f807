using System.Net;
using System.Net.Sockets;
using Granary.Contracts;
using Granary.Web.Api;
using Granary.Web.Auditing;
using Granary.Web.Page;
using Granary.Web.Records;
using Granary.Web.Security;
using Granary.Web.Submitting;
using Granary.Web.Uploads;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Granary.Web.Hosting;

/// <summary>The HTTP server of one silo: API, page and the API's description. A host of its own within the silo's process, started once the silo
/// has joined: a silo that is not asked for it loads nothing of it, and one whose port is taken trains all the same.</summary>
internal sealed class ClusterWeb : IAsyncDisposable
{
    private static readonly TimeSpan StopTime = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan HeadersTime = TimeSpan.FromSeconds(10);

    private const int MostConnections = 4096; // each that asks nothing costs some kilobytes

    private readonly WebApplication _app;
    private readonly string _scheme;

    private ClusterWeb(WebApplication app, WebSettings settings) =>
        (_app, _scheme) = (app, settings.Certificates is null ? Uri.UriSchemeHttp : Uri.UriSchemeHttps);

    /// <summary>Where it listens.</summary>
    public Uri Address => new UriBuilder(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()) { Scheme = _scheme }.Uri;

    /// <summary>Every route that it has.</summary>
    internal IReadOnlyList<RouteEndpoint> Routes => [.. ((IEndpointRouteBuilder)_app).DataSources.SelectMany(d => d.Endpoints).OfType<RouteEndpoint>()];

    /// <summary>Starts it.</summary>
    /// <param name="settings">How it is served.</param>
    /// <param name="grains">The cluster.</param>
    /// <param name="check">Reads a job's data before it is taken.</param>
    /// <param name="logs">The silo's log; null: none.</param>
    /// <param name="time">The clock; the system's if left out.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="IOException">The port is somebody else's.</exception>
    public static async Task<ClusterWeb> Start(
        WebSettings settings, IGrainFactory grains, IDataCheck check, ILoggerFactory? logs = null, TimeProvider? time = null, CancellationToken cancellation = default)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = JobFileBody.LongestReceived;
            kestrel.Limits.MaxConcurrentConnections = MostConnections;
            kestrel.Limits.RequestHeadersTimeout = HeadersTime; // whoever connects and asks nothing holds a connection no longer
            kestrel.Listen(settings.EndPoint, port =>
            {
                if (settings.Certificates is { } certificates)
                {
                    port.Use(HttpsPort.Of(certificates, logs));
                }
            });
        });
        builder.Services.Configure<SocketTransportOptions>(o => o.CreateBoundListenSocket = place => SharedPort.Bind((IPEndPoint)place, settings.IsShared));
        builder.Services.Configure<HostOptions>(o => o.ShutdownTimeout = StopTime);
        builder.Services.AddSingleton<IHostLifetime, Silent>(); // signals are the silo's
        if (logs is not null)
        {
            builder.Services.AddSingleton(logs);
        }

        var space = settings.Uploads is { } uploads ? new UploadSpace(uploads, settings.UploadSpace, $"{settings.Cluster}/{settings.Silo}", time ?? TimeProvider.System) : null;
        builder.Services
            .AddRouting()
            .AddSingleton(settings)
            .AddSingleton(grains)
            .AddSingleton(check)
            .AddSingleton(time ?? TimeProvider.System)
            .AddSingleton<ClusterCalls>()
            .AddSingleton<KnownJobs>()
            .AddSingleton<JobSubmission>()
            .AddSingleton<TokenTable>()
            .AddSingleton<Callers>()
            .AddSingleton<AuditLog>()
            .AddSingleton<UploadPlaces>()
            .AddSingleton<IUploadStore>(new DirectoryUploads(settings.Uploads, space))
            .ConfigureHttpJsonOptions(o => ApiJson.Configure(o.SerializerOptions))
            .AddGranaryOpenApi();
        var app = builder.Build();
        app.UseMiddleware<RequestGuard>();
        app.UseMiddleware<ProblemMiddleware>();
        app.UseRouting();
        app.UseMiddleware<TokenGuard>();
        app.MapGranaryApi();
        app.MapRecords();
        app.MapProof();
        app.MapOpenApi().Needs(Role.Viewer);
        app.MapPage();
        try
        {
            space?.SweepAtStart(); // before the first upload can begin
            await app.StartAsync(cancellation);
            return new ClusterWeb(app, settings);
        }
        catch (SocketException e)
        {
            await app.DisposeAsync();
            throw new IOException(e.Message, e);
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    private sealed class Silent : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
