using Granary.Contracts.Certificates;
using Orleans.Configuration;

namespace Granary.Silo.Hosting;

/// <summary>TLS, both ways, for the ports that Orleans has: silos show each other certificates, and clients theirs.</summary>
internal static class SiloTls
{
    private const string SiloPort = "silo port";
    private const string GatewayPort = "gateway port";

    /// <summary>Adds it.</summary>
    /// <param name="orleans">The silo.</param>
    /// <param name="certificates">What it shows, and whom it trusts.</param>
    public static void Add(ISiloBuilder orleans, ClusterCertificates certificates) => orleans.Configure<SiloConnectionOptions>(o =>
    {
        o.ConfigureSiloInboundConnection(b =>
        {
            var tls = new TlsConnections(certificates, Log(b.ApplicationServices, SiloPort));
            b.Use(next => tls.Accept(PeerRole.Silo, next));
        });
        o.ConfigureGatewayInboundConnection(b =>
        {
            var tls = new TlsConnections(certificates, Log(b.ApplicationServices, GatewayPort));
            b.Use(next => tls.Accept(PeerRole.Member, next));
        });
        o.ConfigureSiloOutboundConnection(b =>
        {
            var tls = new TlsConnections(certificates, Log(b.ApplicationServices, port: null));
            b.Use(tls.Call);
        });
    });

    /// <summary>Has a silo without certificates say who begins TLS with it.</summary>
    /// <param name="orleans">The silo.</param>
    public static void Without(ISiloBuilder orleans) => orleans.Configure<SiloConnectionOptions>(o =>
    {
        o.ConfigureSiloInboundConnection(b =>
        {
            var log = Log(b.ApplicationServices, SiloPort);
            b.Use(next => TlsConnections.WithoutTls(log, next));
        });
        o.ConfigureGatewayInboundConnection(b =>
        {
            var log = Log(b.ApplicationServices, GatewayPort);
            b.Use(next => TlsConnections.WithoutTls(log, next));
        });
    });

    private static RefusalLog Log(IServiceProvider services, string? port) =>
        new(services.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(TlsConnections).FullName!), port);
}
