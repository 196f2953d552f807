using Granary.Silo.Hosting;

namespace Granary.Silo.Telemetry;

/// <summary>Where telemetry is sent, by OpenTelemetry's own variables.</summary>
/// <param name="Endpoint">The collector.</param>
/// <param name="Protocol">grpc or http/protobuf.</param>
internal sealed record OtlpTarget(string Endpoint, string Protocol)
{
    private const string EndpointName = "OTEL_EXPORTER_OTLP_ENDPOINT";
    private const string ProtocolName = "OTEL_EXPORTER_OTLP_PROTOCOL";
    private const string Grpc = "grpc";
    private const string Http = "http/protobuf";

    // The exporter would silently ignore them and take its defaults.
    private static readonly string[] Endpoints = [EndpointName, "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT"];
    private static readonly string[] Protocols = [ProtocolName, "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_METRICS_PROTOCOL"];

    /// <exception cref="SettingException">A variable cannot be used.</exception>
    public static OtlpTarget FromEnvironment() => From(Environment.GetEnvironmentVariable);

    /// <summary>The same from any place.</summary>
    /// <exception cref="SettingException">A variable cannot be used.</exception>
    public static OtlpTarget From(Func<string, string?> variable)
    {
        foreach (var name in Protocols)
        {
            if (variable(name) is { Length: > 0 } protocol && protocol is not (Grpc or Http))
            {
                throw new SettingException($"{name} is '{protocol}', but must be {Grpc} (a collector's port 4317, as a rule) or {Http} (port 4318).");
            }
        }

        foreach (var name in Endpoints)
        {
            if (variable(name) is { Length: > 0 } text && !(Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"))
            {
                throw new SettingException($"{name} is '{text}', but must be a URL such as http://localhost:4317.");
            }
        }

        var chosen = variable(ProtocolName) is { Length: > 0 } given ? given : Grpc;
        var endpoint = variable(EndpointName) is { Length: > 0 } at ? at : chosen == Grpc ? "http://localhost:4317" : "http://localhost:4318";
        return new OtlpTarget(endpoint, chosen);
    }

    /// <summary>Why telemetry does not arrive, and what to do, in one line.</summary>
    public string Describe(string reason) =>
        $"it does not arrive: {reason}. It goes to {Endpoint} by {Protocol}; is that where a collector listens, and for that protocol? "
        + $"Set {EndpointName} and {ProtocolName} ({Grpc}: port 4317 as a rule, {Http}: port 4318). Said once.";
}
