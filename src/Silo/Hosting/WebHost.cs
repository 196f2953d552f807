using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Granary.Contracts.Certificates;
using Granary.Web;
using Granary.Web.Hosting;

namespace Granary.Silo.Hosting;

/// <summary>The API and the page of this silo, served once it has joined. Where the port is taken it tries again: its owner may be a silo
/// that ends, and training needs neither.</summary>
internal sealed class WebHost : IAsyncDisposable
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    private readonly CancellationTokenSource _stop;
    private readonly Task _serving;

    private WebHost(HealthHost silo, Func<CancellationToken, Task> serve)
    {
        _stop = CancellationTokenSource.CreateLinkedTokenSource(silo.Lifetime.ApplicationStopping);
        _serving = Task.Run(() => serve(_stop.Token));
    }

    /// <summary>Begins; returns at once.</summary>
    /// <param name="settings">The silo's settings.</param>
    /// <param name="port">The port; 0: any free one.</param>
    /// <param name="certificates">What it is served with by HTTPS; null: by HTTP.</param>
    /// <param name="silo">The silo, which has joined.</param>
    public static WebHost Begin(SiloSettings settings, int port, ClusterCertificates? certificates, HealthHost silo)
    {
        var web = new WebSettings(settings.Name, settings.Cluster, new IPEndPoint(settings.WebAddress, port))
        {
            IsShared = settings.WebShared,
            Hosts = settings.WebHosts,
            Access = WebAccess.Of(settings),
            Uploads = settings.Uploads,
            LongestUpload = settings.LongestUpload,
            UploadSpace = settings.UploadSpace,
            Certificates = certificates,
        };
        if (WebAccess.Warning(settings) is { } warning)
        {
            Console.Error.WriteLine(warning);
        }

        return new WebHost(silo, stop => Serve(web, silo.Services, stop));
    }

    private static async Task Serve(WebSettings settings, IServiceProvider silo, CancellationToken stop)
    {
        var (told, pause) = (false, FirstPause);
        while (!stop.IsCancellationRequested)
        {
            try
            {
                SharedPort.Bind(settings.EndPoint, settings.IsShared).Dispose(); // a host is built only where the port is free
                await using var web = await ClusterWeb.Start(
                    settings, silo.GetRequiredService<IGrainFactory>(), new ProgramDataCheck(), silo.GetService<ILoggerFactory>(), cancellation: stop);
                Console.Out.WriteLine($"page {settings.Silo} at {web.Address}");
                await Task.Delay(Timeout.Infinite, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (Exception e) when (e is IOException or SocketException)
            {
                if (!told)
                {
                    await Console.Error.WriteLineAsync(string.Create(
                        CultureInfo.InvariantCulture, $"page {settings.Silo}: nothing can be served at {settings.EndPoint} ({e.Message}); tried again, in the end every {LongestPause.TotalSeconds:0} s. Another port: --web-port"));
                }

                told = true;
                await Task.Delay(pause, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
#pragma warning disable CA1031 // whatever it is, the silo trains without its page
            catch (Exception e)
#pragma warning restore CA1031
            {
                await Console.Error.WriteLineAsync($"page {settings.Silo}: ended by an error that was not foreseen: {ErrorLine.Of(e)}");
                return;
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _serving;
        _stop.Dispose();
    }
}
