using System.CommandLine;
using System.Net;
using Granary.Jobs;
using Granary.Silo.Hosting;
using Granary.Silo.Storage;

namespace Granary.Silo.Commands;

/// <summary><c>silo</c>: one silo until it is told to stop. Every option can be given as GRANARY_NAME, GRANARY_SILO_PORT, ... too.</summary>
internal static class SiloCommand
{
    /// <param name="configure">Adds the extensions of the silo's program to a silo.</param>
    public static Command Create(Action<ISiloBuilder> configure)
    {
        var name = Setting("--name", "Unique name.", Environment.GetEnvironmentVariable("POD_NAME") ?? $"silo-{Environment.ProcessId}");
        var home = Setting("--home", "Directory for the embedded store and for outputs.", Path.Combine(UserHome(), ".granary"));
        var checkpoints = Setting("--checkpoints", "Where checkpoints are kept, the same for every silo: a directory, or s3://BUCKET/PREFIX; default: HOME/checkpoints.", "");
        var dataRoots = DataRoots();
        var outputRoot = Setting("--output-root", "Folder that jobs may write, or s3://BUCKET/PREFIX. Default: any; beyond the loopback, with tokens, HOME/runs.", "");
        var uploads = Setting("--uploads", "Directory for data that clients upload, the same for every silo; default: HOME/uploads.", "");
        var longestUpload = Setting("--longest-upload", "Bytes of the longest file that clients may upload.", 4L << 30);
        var uploadSpace = Setting("--upload-space", "Bytes that all uploads may have in sum, the same for every silo.", 64L << 30);
        var cluster = Setting("--cluster", "Cluster id: silos with the same one form a cluster.", "local");
        var service = Setting("--service", "Service id: job records belong to it, over every cluster id.", "granary");
        var address = Setting("--address", "Address to listen on and to tell the others.", Environment.GetEnvironmentVariable("POD_IP") ?? "127.0.0.1");
        var siloPort = Setting("--silo-port", "Port for other silos; 0: any free one.", 0);
        var gatewayPort = Setting("--gateway-port", "Port for clients; 0: any free one.", 0);
        var channelPort = Setting("--channel-port", "Port for tensors; 0: any free one.", 0);
        var healthPort = Setting("--health-port", "HTTP port for /health/live and /health/ready, and for /metrics with --telemetry prometheus; 0: none.", 0);
        var webPort = Setting("--web-port", "HTTP port for the API and the web page; 0: any free one; none: neither.", SiloSettings.NoPort);
        var webAddress = Setting("--web-address", "Address at which they are served. Beyond the loopback every request needs a token (granary token create).", "127.0.0.1");
        var auth = Setting("--auth", "auto (tokens beyond the loopback), tokens (everywhere) or none.", WebAccess.Auto);
        var oidc = OidcOptions.Create();
        var webHosts = Setting("--web-hosts", "Names, with commas, by which browsers may call it besides its address and localhost; *: any, where a proxy looks at them.", "");
        var certs = Setting("--certs", "Folder with the silo's certificate, its key and the cluster's CA (granary certs): its ports then demand TLS, and certificates of that CA.", "");
        var insecure = new Option<bool>("--insecure")
        {
            Description = "Listen beyond this machine without certificates: only where everyone in the network is trusted. ($GRANARY_INSECURE)",
            DefaultValueFactory = _ => Environment.GetEnvironmentVariable("GRANARY_INSECURE") is { Length: > 0 } text && (text is "1" || Parse<bool>(text, "GRANARY_INSECURE")),
        };
        var threads = Setting("--threads", "Compute threads.", Environment.ProcessorCount);
        var jobs = Setting("--jobs", "Jobs at once, the same for every silo: each has an equal part of the compute threads.", 1);
        var device = Setting("--device", "auto, cpu or cuda:N.", "auto");
        var kernels = Setting("--kernels", "MKL's kernels: auto (the faster), stock (MKL's own choice) or features (by instruction sets).", KernelSetting.Auto);
        var (store, redis, postgres) = StoreOptions.Create();
        var telemetry = Setting("--telemetry", "none, or one or several of console, otlp and prometheus, with commas.", "none");
        var allowFaults = new Option<bool>("--allow-faults") { Description = "Allow faults to be injected into this silo (granary chaos)." };
        var tcpAlone = new Option<bool>("--tcp-alone") { Description = "Exchange tensors with silos of this host over TCP too, as with those of others." };
        var webShared = new Option<bool>("--web-shared") { Description = "Share the web port with this cluster's other silos of this machine (Linux)." };
        var endWithStdin = new Option<bool>("--end-with-stdin") { Description = "Stop when standard input closes." };
        var temporaryHome = new Option<bool>("--temporary-home") { Description = "With --end-with-stdin: the last silo to stop so removes the home." };
        var command = new Command("silo", "Runs one silo.")
        {
            name, home, checkpoints, dataRoots, outputRoot, uploads, longestUpload, uploadSpace, cluster, service, address, siloPort, gatewayPort, channelPort, healthPort, webPort, webAddress, webHosts, auth, oidc.Issuer, oidc.Audience, oidc.NameClaim, oidc.RoleClaim, oidc.Roles, certs, insecure, threads, jobs, device, kernels, store, redis, postgres,
            telemetry, webShared, allowFaults, tcpAlone, endWithStdin, temporaryHome,
        };
        command.SetAction(async (result, cancellation) =>
        {
            try
            {
                var settings = new SiloSettings
                {
                    Name = result.GetValue(name)!,
                    Home = UserPath.Absolute(result.GetValue(home)!, Environment.CurrentDirectory),
                    Checkpoints = CheckpointStores.Place(result.GetValue(checkpoints)!, result.GetValue(home)!),
                    DataRoots = [.. result.GetValue(dataRoots)!.Select(r => UserPath.Absolute(r, Environment.CurrentDirectory))],
                    OutputRoot = result.GetValue(outputRoot) is { Length: > 0 } root ? UserPath.Absolute(root, Environment.CurrentDirectory) : null,
                    Uploads = UserPath.Absolute(
                        result.GetValue(uploads) is { Length: > 0 } folder ? folder : Path.Combine(result.GetValue(home)!, "uploads"), Environment.CurrentDirectory),
                    LongestUpload = result.GetValue(longestUpload),
                    UploadSpace = result.GetValue(uploadSpace),
                    Cluster = result.GetValue(cluster)!,
                    Service = result.GetValue(service)!,
                    Address = Ip("--address", result.GetValue(address)!),
                    SiloPort = result.GetValue(siloPort),
                    GatewayPort = result.GetValue(gatewayPort),
                    ChannelPort = result.GetValue(channelPort),
                    HealthPort = result.GetValue(healthPort),
                    WebPort = SiloSettings.Port("--web-port", result.GetValue(webPort)!),
                    WebAddress = Ip("--web-address", result.GetValue(webAddress)!),
                    WebHosts = result.GetValue(webHosts)!.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries),
                    Auth = result.GetValue(auth)!,
                    Oidc = oidc.Read(result),
                    WebShared = result.GetValue(webShared),
                    Certs = result.GetValue(certs) is { Length: > 0 } certificates ? UserPath.Absolute(certificates, Environment.CurrentDirectory) : null,
                    Insecure = result.GetValue(insecure),
                    Threads = result.GetValue(threads),
                    Jobs = result.GetValue(jobs),
                    Device = result.GetValue(device)!,
                    Kernels = result.GetValue(kernels)!,
                    Store = result.GetValue(store)!,
                    Redis = StoreOptions.Redis(result, redis),
                    Postgres = StoreOptions.Postgres(result, postgres),
                    Telemetry = result.GetValue(telemetry)!,
                    AllowFaults = result.GetValue(allowFaults),
                    TcpAlone = result.GetValue(tcpAlone),
                    EndWithStdin = result.GetValue(endWithStdin),
                    TemporaryHome = result.GetValue(temporaryHome),
                };
                settings.Check();
                await SiloHost.Run(settings, configure, cancellation);
                return 0;
            }
            catch (Exception e) when (StartFailure.Of(e) is { } failure)
            {
                await Console.Error.WriteLineAsync(failure);
                return 2;
            }
        });
        return command;
    }

    private static Option<string[]> DataRoots() => new("--data-root")
    {
        Description = $"Folder that jobs may read, or s3://BUCKET/PREFIX; may be given again. Default: any; beyond the loopback, with tokens, none: jobs read what was uploaded and what jobs have left. (${PathRule.ReadVariable}, with {Path.PathSeparator} between several)",
        DefaultValueFactory = _ => [.. PathRule.Split(Environment.GetEnvironmentVariable(PathRule.ReadVariable) ?? "")],
    };

    private static IPAddress Ip(string option, string text) =>
        IPAddress.TryParse(text, out var address) ? address : throw new SettingException($"{option} is '{text}', which is no IP address.");

    private static string UserHome() => Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);

    internal static Option<T> Setting<T>(string option, string description, T fallback)
    {
        var variable = "GRANARY_" + option.TrimStart('-').Replace('-', '_').ToUpperInvariant();
        return new Option<T>(option)
        {
            Description = $"{description} (${variable}; default {fallback})",
            DefaultValueFactory = _ => Environment.GetEnvironmentVariable(variable) is { Length: > 0 } text
                ? Parse<T>(text, variable)
                : fallback,
        };
    }

    private static T Parse<T>(string text, string variable)
    {
        try
        {
            return (T)Convert.ChangeType(text, typeof(T), System.Globalization.CultureInfo.InvariantCulture);
        }
        catch (Exception e) when (e is FormatException or OverflowException)
        {
            throw new SettingException($"{variable} is '{text}', which is no {typeof(T).Name}.");
        }
    }
}
