using Granary.Grains.Telemetry;
using Granary.Silo.Hosting;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Granary.Silo.Telemetry;

/// <summary>Traces and metrics: a summary at the silo's end (console), all of Granary's and Orleans' to an OTLP collector, or their metrics for
/// Prometheus to fetch (docs/how-to/telemetry.md says which variables decide where and how much).</summary>
internal static class SiloTelemetry
{
    /// <exception cref="SettingException">A variable of the exporter's cannot be used.</exception>
    public static void Add(IServiceCollection services, SiloSettings settings)
    {
        if (settings.Exports(SiloSettings.Console))
        {
            AddSummary(services);
        }

        if (settings.Exports(SiloSettings.Otlp))
        {
            AddOtlp(services, OtlpTarget.FromEnvironment());
        }

        if (settings.Exports(SiloSettings.Prometheus))
        {
            AddPrometheus(services);
        }

        if (settings.Telemetry != SiloSettings.NoTelemetry)
        {
            services.AddOpenTelemetry().ConfigureResource(r => r.AddService("granary-silo", serviceInstanceId: settings.Name));
        }
    }

    /// <summary>Serves the metrics for Prometheus.</summary>
    public static void MapPrometheus(IEndpointRouteBuilder app) => app.MapPrometheusScrapingEndpoint("/metrics");

    private static void AddPrometheus(IServiceCollection services) => services.AddOpenTelemetry()
        .WithMetrics(m => m.AddMeter(Metrics.Name, "Microsoft.Orleans")
            .AddView("granary.job.time", new MetricStreamConfiguration { CardinalityLimit = 30_000 }) // 13 parts of each job
            .AddPrometheusExporter());

    // Granary's own alone: Orleans' instruments are dozens.
    private static void AddSummary(IServiceCollection services) => services.AddOpenTelemetry()
        .WithTracing(t => t.AddSource(Metrics.Name).AddProcessor(new OpenTelemetry.SimpleActivityExportProcessor(new StepSummary(TelemetryLine.Write))))
        .WithMetrics(m => m.AddMeter(Metrics.Name).AddReader(new BaseExportingMetricReader(new MetricSummary(TelemetryLine.Write))));

    private static void AddOtlp(IServiceCollection services, OtlpTarget target)
    {
        services.AddSingleton(new ExportWatch(reason => TelemetryLine.Write(target.Describe(reason))));
        services.AddOpenTelemetry()
            .WithTracing(t => t.AddSource(Metrics.Name, "Microsoft.Orleans.Application").AddProcessor(new PollFilter()).AddOtlpExporter())
            .WithMetrics(m => m.AddMeter(Metrics.Name, "Microsoft.Orleans").AddOtlpExporter());
    }
}
