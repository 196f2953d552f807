using System.Security.Cryptography.X509Certificates;
using Granary.Contracts.Certificates;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Granary.Web.Hosting;

/// <summary>HTTPS with the silo's certificate, by the same handshakes as its other ports. Callers need no certificate: browsers have none.</summary>
internal static class HttpsPort
{
    /// <summary>Goes before what serves HTTP.</summary>
    /// <param name="certificates">What is shown to callers.</param>
    /// <param name="logs">The silo's log; null: none.</param>
    public static Func<ConnectionDelegate, ConnectionDelegate> Of(ClusterCertificates certificates, ILoggerFactory? logs)
    {
        var tls = new TlsConnections(certificates, new RefusalLog((logs ?? NullLoggerFactory.Instance).CreateLogger(typeof(HttpsPort).FullName!), "web port"));
        return next => tls.Accept(PeerRole.Anybody, connection =>
        {
            connection.Features.Set<ITlsConnectionFeature>(new Encrypted()); // without it the server would take it for HTTP
            return next(connection);
        });
    }

    private sealed class Encrypted : ITlsConnectionFeature
    {
        public X509Certificate2? ClientCertificate { get; set; }

        public Task<X509Certificate2?> GetClientCertificateAsync(CancellationToken cancellationToken) => Task.FromResult(ClientCertificate);
    }
}
