namespace Granary.Silo.Hosting;

/// <summary>The generic host, with an HTTP server for probes only where one is asked for: starting a server that nobody
/// calls would only delay the first step.</summary>
internal sealed class HealthHost : IAsyncDisposable
{
    private readonly IHost _host;
    private volatile bool _ready;

    public HealthHost(SiloSettings settings, Action<IHostApplicationBuilder> configure)
    {
        if (settings.HealthPort == 0)
        {
            var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
            builder.Configuration.AddEnvironmentVariables(); // OTEL_*, among others
            configure(builder);
            builder.Services.AddSingleton<IHostLifetime, Microsoft.Extensions.Hosting.Internal.ConsoleLifetime>();
            _host = builder.Build();
        }
        else
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.WebHost.ConfigureKestrel(k => k.Listen(settings.Address, settings.HealthPort));
            configure(builder);
            var app = builder.Build();
            app.MapGet("/health/live", () => "alive");
            app.MapGet("/health/ready", () => _ready ? Results.Ok("ready") : Results.StatusCode(StatusCodes.Status503ServiceUnavailable));
            _host = app;
        }

        Services = _host.Services;
        Lifetime = _host.Services.GetRequiredService<IHostApplicationLifetime>();
        Lifetime.ApplicationStopping.Register(() => _ready = false);
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
