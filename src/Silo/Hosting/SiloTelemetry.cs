using Granary.Grains.Telemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Granary.Silo.Hosting;

/// <summary>Traces and metrics of Granary and Orleans, to the console or to an OTLP collector
/// (OTEL_EXPORTER_OTLP_ENDPOINT says where).</summary>
internal static class SiloTelemetry
{
    public static void Add(IServiceCollection services, SiloSettings settings)
    {
        if (settings.Telemetry == "none")
        {
            return;
        }

        var console = settings.Telemetry == "console";
        services.AddOpenTelemetry()
            .ConfigureResource(r => r.AddService("granary-silo", serviceInstanceId: settings.Name))
            .WithTracing(t =>
            {
                t.AddSource(Metrics.Name, "Microsoft.Orleans.Application");
                _ = console ? t.AddConsoleExporter() : t.AddOtlpExporter();
            })
            .WithMetrics(m =>
            {
                m.AddMeter(Metrics.Name, "Microsoft.Orleans");
                _ = console ? m.AddConsoleExporter() : m.AddOtlpExporter();
            });
    }
}
