using System.Globalization;
using System.Net;
using Granary.Contracts.Certificates;
using Granary.Grains;
using Granary.Jobs;
using Granary.Model.Kernels;
using Granary.Silo.Storage;
using Granary.Silo.Storage.Postgres;
using Granary.Silo.Storage.S3;
using Granary.Silo.Telemetry;
using Granary.Web.Auditing;
using Orleans.Configuration;

namespace Granary.Silo.Hosting;

/// <summary>Builds and runs the silo's process.</summary>
internal static class SiloHost
{
    // A job tries again what a store has not answered, and says so.
    private static readonly TimeSpan LongestRead = TimeSpan.FromSeconds(30);

    /// <summary>Runs until SIGTERM, Ctrl+C, or the end of standard input where that is asked for.</summary>
    /// <param name="settings">How it runs.</param>
    /// <param name="configure">Adds the extensions of the silo's program.</param>
    /// <param name="cancellation">Ends it too.</param>
    /// <exception cref="SettingException">A setting cannot be used.</exception>
    public static async Task Run(SiloSettings settings, Action<ISiloBuilder> configure, CancellationToken cancellation)
    {
        TorchKernels.Use(settings.Kernels);
        var certificates = Certificates(settings);
        Directory.CreateDirectory(settings.Home);
        JobRoots.Use(settings);
        using var files = new S3Files(LongestRead, Console.Error.WriteLine);
        using var use = FileStores.Use(files);
        using var temporary = settings.TemporaryHome ? new TemporaryHome(settings.Home) : null;
        using var ports = new FreePorts();
        var silo = ports.Take(settings.Address, settings.SiloPort);
        var gateway = ports.Take(settings.Address, settings.GatewayPort);
        var life = settings.TemporaryHome ? SiloAddress.AllocateNewGeneration() : await SiloLife.Next(settings.Home, SiloAddress.AllocateNewGeneration(), cancellation);
        var device = settings.ResolveDevice();
        var identity = new SiloIdentity(
            settings.Name,
            settings.Cluster,
            settings.Threads,
            device,
            new IPEndPoint(settings.Address, settings.ChannelPort),
            JobRoots.Outputs(settings),
            settings.Checkpoints,
            settings.Jobs)
        {
            AllowsFaults = settings.AllowFaults,
            TcpAlone = settings.TcpAlone,
            Certificates = certificates,
            Gflops = ProductRate.Gflops(device),
            Audit = WebAccess.AuditFolderOf(settings) is { } audit ? new AuditFolder(audit).Newest : null,
        };
        foreach (var trouble in TorchKernels.Troubles())
        {
            await Console.Error.WriteLineAsync(trouble);
        }

        await using var host = new HealthHost(settings, builder =>
        {
            SiloLogging.Add(builder.Logging);
            SiloTelemetry.Add(builder.Services, settings);
            builder.Services.Configure<HostOptions>(o => o.ShutdownTimeout = ShutdownTimes.Graceful);
            builder.UseOrleans(orleans =>
            {
                orleans.Configure<ClusterOptions>(o => (o.ClusterId, o.ServiceId) = (settings.Cluster, settings.Service));
                orleans.Configure<SiloOptions>(o => o.SiloName = settings.Name);
                orleans.Configure<EndpointOptions>(o =>
                {
                    o.AdvertisedIPAddress = settings.Address;
                    (o.SiloPort, o.GatewayPort) = (silo, gateway);
                    o.SiloListeningEndpoint = new IPEndPoint(settings.Address, silo);
                    o.GatewayListeningEndpoint = new IPEndPoint(settings.Address, gateway);
                });
                orleans.Services.AddSingleton<ILocalSiloDetails>(new SiloDetails(settings, silo, gateway, life));
                orleans.Services.AddSingleton<IFatalErrorHandler, FatalErrors>();
                configure(orleans.AddClusterStore<SqliteClusterStore>().AddClusterStore<RedisClusterStore>().AddClusterStore<PostgresClusterStore>());
                var store = ClusterStores.Choose(orleans.Services, settings.Store);
                var place = new ClusterStoreSettings(settings.Home, settings.Cluster, settings.Service, settings.Redis, settings.Postgres);
                store.Configure(orleans, place);
                CheckpointStores.Add(orleans, settings.Checkpoints);
                orleans.AddGranary(identity with { ClusterStore = store.Describe(place) });
                if (certificates is not null)
                {
                    SiloTls.Add(orleans, certificates);
                }
                else if (settings.Insecure)
                {
                    SiloTls.Without(orleans);
                }

                if (settings.Exports(SiloSettings.Otlp))
                {
                    orleans.AddActivityPropagation();
                }
            });
        });
        host.Lifetime.ApplicationStopping.Register(EndAfterLongestShutdown);
        ports.BeforeBinding();
        await host.Start(cancellation);
        ports.Dispose();
        if (settings.EndWithStdin)
        {
            EndWithStandardInput(host.Lifetime, temporary);
        }

        Console.Out.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"ready {settings.Name} pid={Environment.ProcessId} gateway={new IPEndPoint(settings.Address, gateway)}"));
        await using var web = settings.WebPort is { } port ? WebHost.Begin(settings, port, certificates, host) : null;
        await host.Finished(cancellation);
    }

    private static ClusterCertificates? Certificates(SiloSettings settings)
    {
        if (ExposureRule.Warning(settings.Listening, settings.Certs is not null, settings.Insecure) is { } exposed)
        {
            Console.Error.WriteLine(exposed);
        }

        if (settings.Certs is not { } folder)
        {
            return null;
        }

        var certificates = ClusterCertificates.Open(folder);
        if (!certificates.IsSilos)
        {
            throw new CertificateException($"{folder}: this certificate is a client's. A silo's is made by granary certs issue without --client.");
        }

        certificates.Say = Console.Error.WriteLine;
        if (certificates.Warning is { } soon)
        {
            Console.Error.WriteLine(soon);
        }

        return certificates;
    }

    // Orleans tries for two minutes to say in the membership store that it leaves, where that does not answer.
    private static void EndAfterLongestShutdown() => new Thread(() =>
    {
        Thread.Sleep(ShutdownTimes.Longest);
        SiloExit.Now(SiloExit.Failed, string.Create(
            CultureInfo.InvariantCulture, $"shutdown timed out after {ShutdownTimes.Longest.TotalSeconds:0} s: the store of the cluster may not answer. The others will see that this silo is dead"));
    })
    { IsBackground = true, Name = "shutdown timeout" }.Start();

    private static void EndWithStandardInput(IHostApplicationLifetime lifetime, TemporaryHome? temporary) => new Thread(() =>
    {
        using var input = Console.OpenStandardInput();
        while (input.ReadByte() >= 0)
        {
        }

        // The process that started this silo is gone: shut down gracefully, but shut down.
        temporary?.Orphan();
        lifetime.StopApplication();
        Thread.Sleep(TimeSpan.FromSeconds(2));
        temporary?.Dispose();
        SiloExit.Now(SiloExit.Failed, "the program that started this silo is gone");
    })
    { IsBackground = true, Name = "standard input" }.Start();
}
