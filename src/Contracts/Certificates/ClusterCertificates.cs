using System.Net.Security;
using System.Security.Cryptography;

namespace Granary.Contracts.Certificates;

/// <summary>
/// The certificates that a silo or a client was given, for its handshakes. Their files are read again when they have changed: connections
/// that are made from then on use the new ones, those that are there go on. What cannot be used leaves the earlier ones in use.
/// </summary>
public sealed class ClusterCertificates
{
    // Any name: which names a certificate has is not looked at.
    private const string AnyName = "granary";

    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan SoonExpired = TimeSpan.FromDays(14);

    private readonly string _folder;
    private readonly TimeProvider _time;
    private readonly Lock _looking = new();
    private CertificateFiles _files;
    private LoadedCertificates _loaded;
    private string? _trouble;
    private long _looked;

    private ClusterCertificates(string folder, TimeProvider time)
    {
        (_folder, _time) = (folder, time);
        _files = CertificateFiles.Read(folder);
        _loaded = LoadedCertificates.Of(_files, time.GetUtcNow());
        _looked = time.GetTimestamp();
    }

    /// <summary>Told what is worth a line: that the certificates were read anew, or why they were not.</summary>
    public Action<string>? Say { get; set; }

    /// <summary>Whether the certificate is a silo's, and not a client's.</summary>
    public bool IsSilos => _loaded.IsSilo;

    /// <summary>Until when the certificate in use is good.</summary>
    public DateTimeOffset Expires => _loaded.Expires;

    /// <summary>A line about a certificate that will soon have expired; null: it will not.</summary>
    public string? Warning => _loaded.Expires - _time.GetUtcNow() < SoonExpired
        ? $"the certificate of '{_loaded.Name}' expires on {_loaded.Expires:yyyy-MM-dd HH:mm}. A new one: granary certs rotate --name {_loaded.Name}"
        : null;

    /// <summary>Reads the certificates in a folder.</summary>
    /// <param name="folder">It holds ca.pem, silo.pem and silo.key (client.pem and client.key), or ca.crt, tls.crt and tls.key.</param>
    /// <param name="time">The clock; the system's if left out.</param>
    /// <exception cref="CertificateException">They cannot be used.</exception>
    public static ClusterCertificates Open(string folder, TimeProvider? time = null) => new(folder, time ?? TimeProvider.System);

    /// <summary>For a handshake with whoever calls.</summary>
    /// <param name="check">Judges its certificate.</param>
    public SslServerAuthenticationOptions Accepting(PeerCheck check)
    {
        ArgumentNullException.ThrowIfNull(check);
        var loaded = Current();
        return new SslServerAuthenticationOptions
        {
            ServerCertificateContext = loaded.Context,
            ClientCertificateRequired = check.Demands,
            CertificateChainPolicy = loaded.Policy(),
            RemoteCertificateValidationCallback = check.Judge,
            AllowTlsResume = false, // who has been let in once shows its certificate again
            AllowRenegotiation = false,
        };
    }

    /// <summary>For a handshake with a silo that is called.</summary>
    /// <param name="check">Judges its certificate.</param>
    public SslClientAuthenticationOptions Calling(PeerCheck check)
    {
        ArgumentNullException.ThrowIfNull(check);
        var loaded = Current();
        return new SslClientAuthenticationOptions
        {
            TargetHost = AnyName,
            ClientCertificateContext = loaded.Context,
            CertificateChainPolicy = loaded.Policy(),
            RemoteCertificateValidationCallback = check.Judge,
            AllowTlsResume = false,
            AllowRenegotiation = false,
        };
    }

    // By what they hold and not by their times: in a volume of Kubernetes the names are links that stay as old as they are.
    private LoadedCertificates Current()
    {
        lock (_looking)
        {
            if (_time.GetElapsedTime(_looked) < LookEvery)
            {
                return _loaded;
            }

            _looked = _time.GetTimestamp();
            try
            {
                var files = CertificateFiles.Read(_folder);
                if (files != _files)
                {
                    _loaded = LoadedCertificates.Of(files, _time.GetUtcNow());
                    _files = files;
                    Say?.Invoke($"certificates read anew from {_folder}: '{_loaded.Name}', good until {_loaded.Expires:yyyy-MM-dd HH:mm}");
                }

                _trouble = null;
            }
            catch (Exception e) when (e is CertificateException or CryptographicException)
            {
                if (e.Message != _trouble)
                {
                    Say?.Invoke($"the earlier certificates stay in use: {e.Message}");
                }

                _trouble = e.Message;
            }

            return _loaded;
        }
    }
}
