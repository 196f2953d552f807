using System.Collections.Concurrent;
using System.Diagnostics.Tracing;
using System.Globalization;
using Microsoft.Diagnostics.NETCore.Client;
using Microsoft.Diagnostics.Tracing;

namespace Granary.Bench.Training;

/// <summary>One second of a silo's own metrics.</summary>
/// <param name="At">When it ended, in seconds.</param>
/// <param name="Values">Increments of counters and medians of histograms, by the instrument's name.</param>
internal sealed record MetricSecond(double At, IReadOnlyDictionary<string, double> Values);

/// <summary>Listens to the meters of a silo's process from outside, as dotnet-counters does.</summary>
internal sealed class SiloMetrics : IDisposable
{
    private const string Provider = "System.Diagnostics.Metrics";
    private readonly EventPipeSession _session;
    private readonly EventPipeEventSource _source;
    private readonly Thread _reading;
    private readonly ConcurrentQueue<MetricSecond> _seconds = new();
    private readonly string _id = Guid.NewGuid().ToString();
    private Dictionary<string, double> _current = [];

    /// <param name="pid">The silo's process.</param>
    public SiloMetrics(int pid)
    {
        var client = new DiagnosticsClient(pid);
        _session = client.StartEventPipeSession(
            new EventPipeProvider(Provider, EventLevel.Informational, 2, new Dictionary<string, string>
            {
                ["SessionId"] = _id,
                ["Metrics"] = "Granary,System.Runtime",
                ["RefreshInterval"] = "1",
                ["MaxTimeSeries"] = "1000",
                ["MaxHistograms"] = "20",
            }),
            requestRundown: false);
        _source = new EventPipeEventSource(_session.EventStream);
        _source.Dynamic.All += Take;
        _reading = new Thread(Read) { IsBackground = true };
        _reading.Start();
    }

    /// <summary>Whole seconds so far.</summary>
    public IReadOnlyList<MetricSecond> Seconds => [.. _seconds];

    private void Read()
    {
        try
        {
            _source.Process();
        }
        catch (Exception e) when (e is IOException or FormatException or ObjectDisposedException)
        {
            // The silo has ended in the middle of an event.
        }
    }

    private void Take(TraceEvent e)
    {
        if (e.ProviderName != Provider || (e.PayloadByName("sessionId") as string) != _id)
        {
            return;
        }

        if (e.EventName == "Collection/Stop")
        {
            _seconds.Enqueue(new MetricSecond(e.TimeStampRelativeMSec / 1e3, _current));
            _current = [];
        }
        else if (e.EventName == "CounterRateValuePublished")
        {
            Add((string)e.PayloadByName("instrumentName"), (string)e.PayloadByName("rate"));
        }
        else if (e.EventName == "HistogramValuePublished" && (string)e.PayloadByName("quantiles") is { Length: > 0 } quantiles)
        {
            Add((string)e.PayloadByName("instrumentName"), quantiles.Split(';')[0].Split('=')[1]);
        }
    }

    private void Add(string name, string value)
    {
        if (double.TryParse(value, CultureInfo.InvariantCulture, out var number))
        {
            _current[name] = _current.GetValueOrDefault(name) + number;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        try
        {
            _session.Stop();
        }
        catch (Exception e) when (e is IOException or ServerNotAvailableException or TimeoutException)
        {
            // The silo has gone first.
        }

        _reading.Join(TimeSpan.FromSeconds(5));
        _source.Dispose();
        _session.Dispose();
    }
}
