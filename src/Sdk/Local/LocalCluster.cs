using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using Granary.Sdk.Connecting;

namespace Granary.Sdk.Local;

/// <summary>How the silos of a local cluster run.</summary>
/// <param name="Silos">How many.</param>
/// <param name="Threads">Compute threads of each.</param>
/// <param name="Device">auto, cpu or cuda:N.</param>
/// <param name="Telemetry">none, console or otlp.</param>
/// <param name="Jobs">Jobs at once.</param>
internal sealed record LocalSettings(int Silos, int Threads, string Device, string Telemetry, int Jobs)
{
    /// <summary>Whether the home goes with the silos, should this process not live to remove it.</summary>
    public bool TemporaryHome { get; init; }

    /// <summary>The .dll of the silos' program; null: Granary's own, or what GRANARY_SILO names.</summary>
    public string? Program { get; init; }

    /// <summary>Whether the silos exchange as those of several hosts do, to learn what those will need.</summary>
    public bool TcpAlone { get; init; }

    /// <summary>Port of the silos' HTTP API and page, the same for all of them; 0: any free one; null: they serve none.</summary>
    public int? WebPort { get; init; }

    /// <summary>Where telemetry goes by OTLP over gRPC; null: where the environment says.</summary>
    public Uri? Collector { get; init; }

    /// <summary>Cores shared out evenly, at least one thread each.</summary>
    public static LocalSettings For(int silos, string telemetry, int jobs = 1) =>
        new(silos, Math.Max(1, Environment.ProcessorCount / silos), "auto", telemetry, jobs);
}

/// <summary>Several silo processes on this machine, under one home directory and a cluster id of their own.</summary>
internal sealed class LocalCluster : IAsyncDisposable
{
    // Silos that leave at the same moment conflict in the membership table, and each then retries only after seconds.
    private static readonly TimeSpan StopApart = TimeSpan.FromMilliseconds(150);

    // What tells a silo to join a cluster of several machines, or to take a port that only one of several silos can have.
    private static readonly string[] OfOtherClusters =
        ["GRANARY_STORE", "GRANARY_REDIS", "GRANARY_ADDRESS", "GRANARY_SILO_PORT", "GRANARY_GATEWAY_PORT", "GRANARY_CHANNEL_PORT", "GRANARY_HEALTH_PORT",
            "GRANARY_WEB_PORT", "GRANARY_WEB_ADDRESS", "GRANARY_WEB_HOSTS", "GRANARY_AUTH", "GRANARY_BOOTSTRAP_TOKEN"];

    private readonly string _home;
    private readonly LocalSettings _settings;
    private readonly Func<IEnumerable<string>, ProcessStartInfo> _program;
    private readonly Lock _changing = new();
    private readonly HeldPort? _web;
    private SiloProcess[] _silos = []; // never changed, but replaced: others look at it meanwhile
    private bool _ending;

    /// <param name="home">The silos' home directory.</param>
    /// <param name="settings">How they run.</param>
    /// <param name="program">Makes a silo's start information from its arguments; Granary's own program if left out.</param>
    /// <exception cref="LocalClusterException">The port of the page is somebody else's.</exception>
    public LocalCluster(string home, LocalSettings settings, Func<IEnumerable<string>, ProcessStartInfo>? program = null)
    {
        (_home, _settings, _program) = (home, settings, program ?? (told => SiloExecutable.Start(told, settings.Program)));
        Id = $"local-{RandomNumberGenerator.GetHexString(8, lowercase: true)}";
        _web = settings.WebPort is { } port ? new HeldPort(port) : null;
        Directory.CreateDirectory(home);
    }

    /// <summary>Where the API and the page are, as long as a silo lives; null: nowhere.</summary>
    public Uri? Web => _web is { } held ? new Uri($"http://127.0.0.1:{held.Port}/") : null;

    /// <summary>The cluster's id, new for every start: silos of an earlier one can never be waited for.</summary>
    public string Id { get; }

    /// <summary>Where clients find it.</summary>
    public ClusterAddress Address => new(Id, Path.Combine(_home, "membership.db"), null);

    /// <summary>The silos' processes, as they are now.</summary>
    public IReadOnlyList<SiloProcess> Silos => Volatile.Read(ref _silos);

    /// <summary>The names that its first silos have, whether they run or not.</summary>
    public static IReadOnlyList<string> Names(int silos) => [.. Enumerable.Range(0, silos).Select(Name)];

    /// <summary>Starts every silo side by side; returns when each has joined or ended. What came of those that ended, for people: the
    /// others do without them.</summary>
    /// <param name="cancellation">Ends the waiting.</param>
    /// <param name="progress">Told of each silo that starts, and of each that has joined.</param>
    /// <exception cref="ClusterUnreachableException">None has joined, or one says that a setting cannot be used.</exception>
    public async Task<IReadOnlyList<string>> Start(CancellationToken cancellation, IProgress<StartEvent>? progress = null)
    {
        for (var i = 0; i < _settings.Silos; i++)
        {
            Add();
        }

        foreach (var silo in Silos)
        {
            progress?.Report(new StartEvent(silo.Name, StartStage.Starting));
        }

        var first = Silos;
        var ended = new List<string>();
        await foreach (var silo in Task.WhenEach(first.Select(s => Started(s, progress))).WithCancellation(cancellation))
        {
            if (await silo is not { } failure)
            {
                continue;
            }

            ended.Add(failure.Message);
            if (ended.Count == first.Count || first.Any(s => s.RefusesItsSettings))
            {
                throw failure;
            }
        }

        return ended;
    }

    private static async Task<ClusterUnreachableException?> Started(SiloProcess silo, IProgress<StartEvent>? progress)
    {
        try
        {
            await silo.Ready;
            progress?.Report(new StartEvent(silo.Name, StartStage.Joined));
            return null;
        }
        catch (ClusterUnreachableException e)
        {
            await silo.Exited; // its code is known then
            return e;
        }
    }

    /// <summary>Whether it is being stopped: silos that end are meant to.</summary>
    public bool IsEnding
    {
        get
        {
            lock (_changing)
            {
                return _ending;
            }
        }
    }

    /// <summary>Starts a silo in the place of one that has ended. The ended one stays where it is when that fails.</summary>
    public async Task Restart(int index)
    {
        SiloProcess ended;
        lock (_changing)
        {
            if (_ending)
            {
                return;
            }

            ended = _silos[index];
            var started = StartOne(index);
            Volatile.Write(ref _silos, [.. _silos[..index], started, .. _silos[(index + 1)..]]);
        }

        await ended.DisposeAsync();
    }

    private static string Name(int index) => string.Create(CultureInfo.InvariantCulture, $"silo-{index + 1}");

    private SiloProcess StartOne(int index)
    {
        var name = Name(index);
        var program = _program(
        [
            "silo", "--name", name, "--home", _home, "--cluster", Id,
            "--threads", _settings.Threads.ToString(CultureInfo.InvariantCulture),
            "--jobs", _settings.Jobs.ToString(CultureInfo.InvariantCulture),
            "--device", _settings.Device, "--telemetry", _settings.Telemetry, "--allow-faults", "--end-with-stdin",
            .. _settings.TemporaryHome ? ["--temporary-home"] : Array.Empty<string>(),
            .. _settings.TcpAlone ? ["--tcp-alone"] : Array.Empty<string>(),
            .. _web is { } held ? ["--web-port", held.Port.ToString(CultureInfo.InvariantCulture), "--web-shared"] : Array.Empty<string>(),
        ]);
        foreach (var variable in OfOtherClusters)
        {
            program.Environment.Remove(variable);
        }

        if (_settings.Collector is { } collector)
        {
            program.Environment["OTEL_EXPORTER_OTLP_ENDPOINT"] = collector.ToString();
            program.Environment["OTEL_EXPORTER_OTLP_PROTOCOL"] = "grpc";
            program.Environment.TryAdd("OTEL_METRIC_EXPORT_INTERVAL", "5000"); // somebody looks at it
        }

        return new SiloProcess(name, _home, program);
    }

    /// <summary>Starts one silo more; it joins, or ends, in its own time.</summary>
    public void Add()
    {
        lock (_changing)
        {
            if (!_ending)
            {
                Volatile.Write(ref _silos, [.. _silos, StartOne(_silos.Length)]);
            }
        }
    }

    /// <summary>Stops the last silo gracefully.</summary>
    public async Task Remove()
    {
        SiloProcess last;
        lock (_changing)
        {
            last = _silos[^1];
            Volatile.Write(ref _silos, _silos[..^1]);
        }

        await last.Stop();
        await last.DisposeAsync();
    }

    /// <summary>Stops every silo gracefully; none is started again.</summary>
    public Task Stop() => Task.WhenAll(End().Select(async (silo, i) =>
    {
        await Task.WhenAny(Task.Delay(i * StopApart), silo.Exited);
        await silo.Stop();
    }));

    /// <summary>Kills every silo; none is started any more.</summary>
    public void Kill()
    {
        foreach (var silo in End())
        {
            silo.KillNow();
        }
    }

    private SiloProcess[] End()
    {
        lock (_changing)
        {
            _ending = true;
            return _silos;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Stop();
        foreach (var silo in _silos)
        {
            await silo.DisposeAsync();
        }

        _web?.Dispose();
    }
}
