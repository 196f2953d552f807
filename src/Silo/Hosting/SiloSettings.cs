using System.Globalization;
using System.Net;
using Granary.Jobs;
using Granary.Web.Security;
using TorchSharp;

namespace Granary.Silo.Hosting;

/// <summary>A setting cannot be used; the message names it and says what to do.</summary>
internal sealed class SettingException(string message) : Exception(message);

/// <summary>How one silo runs.</summary>
internal sealed record SiloSettings
{
    /// <summary>Unique name within the cluster.</summary>
    public required string Name { get; init; }

    /// <summary>Directory for the embedded store and for outputs.</summary>
    public required string Home { get; init; }

    /// <summary>Where checkpoints are kept, a directory or s3://BUCKET/PREFIX: the same for every silo of the cluster.</summary>
    public required string Checkpoints { get; init; }

    /// <summary>Folders that jobs may read, absolute; none: see <see cref="JobRoots"/>.</summary>
    public IReadOnlyList<string> DataRoots { get; init; } = [];

    /// <summary>Folder that jobs may write, absolute; null: see <see cref="JobRoots"/>.</summary>
    public string? OutputRoot { get; init; }

    /// <summary>Folder of what clients upload: the same one for every silo of the cluster.</summary>
    public required string Uploads { get; init; }

    /// <summary>Bytes of the longest file that may be uploaded.</summary>
    public long LongestUpload { get; init; }

    /// <summary>Bytes of all that is uploaded, in sum.</summary>
    public long UploadSpace { get; init; }

    /// <summary>Cluster id.</summary>
    public required string Cluster { get; init; }

    /// <summary>Service id: what grain state belongs to.</summary>
    public required string Service { get; init; }

    /// <summary>Address to listen on and to tell the others.</summary>
    public required IPAddress Address { get; init; }

    /// <summary>Port for other silos; 0: any free one.</summary>
    public int SiloPort { get; init; }

    /// <summary>Port for clients; 0: any free one.</summary>
    public int GatewayPort { get; init; }

    /// <summary>Port for tensors; 0: any free one.</summary>
    public int ChannelPort { get; init; }

    /// <summary>HTTP port for health; 0: none.</summary>
    public int HealthPort { get; init; }

    /// <summary>Port for the HTTP API and the page; 0: any free one; null: neither.</summary>
    public int? WebPort { get; init; }

    /// <summary>Address at which they are served.</summary>
    public IPAddress WebAddress { get; init; } = IPAddress.Loopback;

    /// <summary>Names by which they may be called, besides that address and the loopback's.</summary>
    public IReadOnlyList<string> WebHosts { get; init; } = [];

    /// <summary>Whether the HTTP API asks for tokens: one of <see cref="WebAccess"/>'s.</summary>
    public string Auth { get; init; } = WebAccess.Auto;

    /// <summary>The identity provider whose tokens the HTTP API takes too; null: none.</summary>
    public OidcSettings? Oidc { get; init; }

    /// <summary>Whether the port is shared with other silos of this machine.</summary>
    public bool WebShared { get; init; }

    /// <summary>Folder of the certificates that its ports demand TLS with; null: none.</summary>
    public string? Certs { get; init; }

    /// <summary>Whether it may listen beyond this machine without them, or without asking for tokens.</summary>
    public bool Insecure { get; init; }

    /// <summary>Compute threads.</summary>
    public int Threads { get; init; }

    /// <summary>Jobs that the cluster runs at once, the same for every silo.</summary>
    public int Jobs { get; init; } = 1;

    /// <summary>auto, cpu or cuda:N.</summary>
    public required string Device { get; init; }

    /// <summary>One of <see cref="KernelSetting.All"/>.</summary>
    public string Kernels { get; init; } = KernelSetting.Auto;

    /// <summary>Name of the cluster store.</summary>
    public required string Store { get; init; }

    /// <summary>HOST:PORT of Redis, with options after commas. A password may be among them.</summary>
    public required string Redis { get; init; }

    /// <summary>Connection string of PostgreSQL; empty: none is given. A password may be in it.</summary>
    public string Postgres { get; init; } = "";

    /// <summary>none, or one or several of console, otlp and prometheus, with commas.</summary>
    public required string Telemetry { get; init; }

    /// <summary>Whether faults may be injected here.</summary>
    public bool AllowFaults { get; init; }

    /// <summary>Whether tensors go to silos of the same host over TCP too.</summary>
    public bool TcpAlone { get; init; }

    /// <summary>Stop when standard input closes.</summary>
    public bool EndWithStdin { get; init; }

    /// <summary>Whether the home goes with the last silo when standard input closes.</summary>
    public bool TemporaryHome { get; init; }

    /// <summary>Where it listens, and by which option.</summary>
    public IReadOnlyList<(string Option, IPAddress Address)> Listening => WebPort is null
        ? [("--address", Address)]
        : [("--address", Address), ("--web-address", WebAddress)];

    /// <summary>No telemetry.</summary>
    public const string NoTelemetry = "none";

    /// <summary>A summary at the silo's end.</summary>
    public const string Console = "console";

    /// <summary>To a collector.</summary>
    public const string Otlp = "otlp";

    /// <summary>Metrics to be fetched from the health port.</summary>
    public const string Prometheus = "prometheus";

    /// <summary>Whether telemetry goes there.</summary>
    public bool Exports(string where) => Telemetry.Split(',').Contains(where);

    /// <summary>What is said instead of a port where none is wanted.</summary>
    public const string NoPort = "none";

    /// <summary>A port that may be none.</summary>
    /// <exception cref="SettingException">It is neither a number nor none.</exception>
    public static int? Port(string option, string text) => text == NoPort ? null
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) ? port
        : throw new SettingException($"{option} is '{text}', but must be a port, 0 (any free one) or {NoPort}.");

    /// <summary>Refuses what cannot work.</summary>
    /// <exception cref="SettingException">The first setting that cannot.</exception>
    public void Check()
    {
        CheckTelemetry();
        WebAccess.Check(this);
        JobRoots.Check(this);
        if (ExposureRule.Refusal(Listening, Certs is not null, Insecure) is { } refusal)
        {
            throw new SettingException(refusal);
        }

        OneOf("--kernels", Kernels, [.. KernelSetting.All]);
        if (Threads < 1)
        {
            throw new SettingException($"--threads is {Threads}, but must be at least 1.");
        }

        if (LongestUpload < 0)
        {
            throw new SettingException($"--longest-upload is {LongestUpload}, but must be a number of bytes, or 0: nothing can be uploaded.");
        }

        if (UploadSpace < 0)
        {
            throw new SettingException($"--upload-space is {UploadSpace}, but must be a number of bytes, or 0: nothing can be uploaded.");
        }

        if (Jobs < 1)
        {
            throw new SettingException($"--jobs is {Jobs}, but must be at least 1.");
        }

        foreach (var (option, port) in new[]
        {
            ("--silo-port", SiloPort), ("--gateway-port", GatewayPort), ("--channel-port", ChannelPort), ("--health-port", HealthPort),
            ("--web-port", WebPort ?? 0),
        })
        {
            if (port is < 0 or > 65535)
            {
                throw new SettingException($"{option} is {port}, but ports go from 0 (any free one) to 65535.");
            }
        }

        if (TemporaryHome && !Hosting.TemporaryHome.IsMarked(Home))
        {
            throw new SettingException($"--temporary-home is for homes that 'granary train' has made for itself; {Home} is none, and would be removed with all that is in it.");
        }

        if (TemporaryHome && !EndWithStdin)
        {
            throw new SettingException("--temporary-home needs --end-with-stdin: the home goes when standard input has closed.");
        }

        _ = ResolveDevice();
    }

    /// <summary>"cpu" or "cuda:N", looking at the machine where the setting says auto.</summary>
    public string ResolveDevice()
    {
        if (Device == "cpu")
        {
            return "cpu";
        }

        var devices = torch.cuda.is_available() ? torch.cuda.device_count() : 0;
        if (Device == "auto")
        {
            return devices > 0 ? "cuda:0" : "cpu";
        }

        if (!Device.StartsWith("cuda:", StringComparison.Ordinal) || !int.TryParse(Device.AsSpan(5), out var index) || index < 0)
        {
            throw new SettingException($"--device is '{Device}', but must be auto, cpu or cuda:N.");
        }

        return index < devices ? Device : throw new SettingException(devices == 0
            ? $"--device is {Device}, but this silo sees no CUDA device. Use --device cpu, or a build with -p:TorchBackend=cuda-linux on a machine with one."
            : $"--device is {Device}, but this machine has {Plural.Of(devices, "CUDA device")}, counted from 0.");
    }

    private void CheckTelemetry()
    {
        string[] chosen = Telemetry.Split(',');
        if (Telemetry != NoTelemetry && chosen.Any(c => c is not (Console or Otlp or Prometheus)))
        {
            throw new SettingException($"--telemetry is '{Telemetry}', but must be {NoTelemetry}, or one or several of {Console}, {Otlp} and {Prometheus}, with commas.");
        }

        if (Exports(Prometheus) && HealthPort == 0)
        {
            throw new SettingException("--telemetry prometheus needs a port: metrics are served at /metrics of --health-port. Give that one, such as --health-port 8081.");
        }
    }

    private static void OneOf(string option, string value, params string[] allowed)
    {
        if (!allowed.Contains(value))
        {
            throw new SettingException($"{option} is '{value}', but must be one of {string.Join(", ", allowed)}.");
        }
    }
}
