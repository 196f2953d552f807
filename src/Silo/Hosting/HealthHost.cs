using System.Runtime.CompilerServices;
using Granary.Silo.Telemetry;

namespace Granary.Silo.Hosting;

/// <summary>The generic host, with an HTTP server for probes and metrics only where one is asked for: starting a server that nobody
/// calls would only delay the first step.</summary>
internal sealed class HealthHost : IAsyncDisposable
{
    private readonly IHost _host;
    private volatile bool _ready;

    public HealthHost(SiloSettings settings, Action<IHostApplicationBuilder> configure)
    {
        _host = settings.HealthPort == 0 ? WithoutServer(configure) : WithServer(settings, configure);
        Services = _host.Services;
        Lifetime = _host.Services.GetRequiredService<IHostApplicationLifetime>();
        Lifetime.ApplicationStopping.Register(() => _ready = false);
    }

    // Two methods, because the types that a method names are loaded before it runs: ASP.NET is loaded only where a port is asked for.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static IHost WithoutServer(Action<IHostApplicationBuilder> configure)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration.AddEnvironmentVariables(); // OTEL_*, among others
        configure(builder);
        builder.Services.AddSingleton<IHostLifetime, Microsoft.Extensions.Hosting.Internal.ConsoleLifetime>();
        return builder.Build();
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private IHost WithServer(SiloSettings settings, Action<IHostApplicationBuilder> configure)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.ConfigureKestrel(k => k.Listen(settings.Address, settings.HealthPort));
        configure(builder);
        var app = builder.Build();
        app.MapGet("/health/live", () => "alive");
        app.MapGet("/health/ready", () => _ready ? Results.Ok("ready") : Results.StatusCode(StatusCodes.Status503ServiceUnavailable));
        if (settings.Exports(SiloSettings.Prometheus))
        {
            SiloTelemetry.MapPrometheus(app);
        }

        return app;
    }

    /// <summary>What the silo is made of.</summary>
    public IServiceProvider Services { get; }

    public IHostApplicationLifetime Lifetime { get; }

    /// <summary>Starts; returns when the silo has joined its cluster.</summary>
    public async Task Start(CancellationToken cancellation)
    {
        await _host.StartAsync(cancellation);
        _ready = true;
    }

    /// <summary>Returns when the silo has been told to stop and has stopped.</summary>
    public Task Finished(CancellationToken cancellation) => _host.WaitForShutdownAsync(cancellation);

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _host.Dispose();
        return ValueTask.CompletedTask;
    }
}
