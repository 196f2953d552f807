namespace Granary.Cluster.Tests;

/// <summary>What a user and a collector get of a job's telemetry.</summary>
public sealed class TelemetryTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static string Digits => Path.Combine(CommandLine.Examples, "digits-mlp.yaml");

    private async Task<CommandLine> Train(string telemetry, params (string Name, string Value)[] variables)
    {
        var train = new CommandLine(_folder, variables, ["train", Digits, "--telemetry", telemetry, "--json"]);
        await train.Exit();
        return train;
    }

    [Fact]
    public async Task The_console_shows_a_table_of_metrics_and_two_steps_of_each_silo()
    {
        using var train = await Train("console");
        await train.Succeeds();
        Assert.Equal("completed", train.Json.GetProperty("state").GetString()); // nothing else is on standard output
        var told = train.Errors.Split('\n').Where(l => l.StartsWith("silo-", StringComparison.Ordinal)).ToArray();
        Assert.InRange(told.Length, 20, 70);
        foreach (var silo in new[] { "silo-1", "silo-2" })
        {
            var own = told.Where(l => l.StartsWith(silo, StringComparison.Ordinal)).ToArray();
            Assert.Single(own, l => l.Contains("granary.steps ", StringComparison.Ordinal) && l.Contains("690 step", StringComparison.Ordinal));
            Assert.Single(own, l => l.Contains("step 0 of digits-mlp-", StringComparison.Ordinal));
            Assert.Single(own, l => l.Contains("step 650 of digits-mlp-", StringComparison.Ordinal));
            Assert.Equal(2, own.Count(l => l.Contains("shard x 4", StringComparison.Ordinal)));
        }

        Assert.DoesNotContain("orleans", string.Concat(told), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Every_parent_that_a_span_names_arrives_and_polls_are_no_traces()
    {
        using var collector = new OtlpCollector();
        using var train = new CommandLine(
            _folder,
            [("OTEL_EXPORTER_OTLP_ENDPOINT", collector.Endpoint), ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf")],
            ["train", Digits, "--silos", "3", "--telemetry", "otlp", "--json", "--set", "training.batch=all", "--set", "training.epochs=151"]); // each step ends an epoch
        await train.Succeeds();
        Assert.DoesNotContain("it does not arrive", train.Errors);
        Assert.True(collector.MetricRequests > 0);
        var spans = collector.Spans.ToArray();
        var known = spans.Select(s => (s.Trace, s.Id)).ToHashSet();
        Assert.All(spans, s => Assert.True(s.Parent.Length == 0 || known.Contains((s.Trace, s.Parent)), $"{s} has a parent that never came"));

        // Each trace has one root. 4 of 151 steps have one, over three processes, and all that a step is made of.
        Assert.All(spans.GroupBy(s => s.Trace), trace => Assert.Single(trace, s => s.Parent.Length == 0));
        var roots = spans.Where(s => s.Name == "step").ToArray();
        Assert.Equal(4, roots.Length);
        Assert.Equal(4, roots.Select(r => r.Trace).Distinct().Count());
        foreach (var root in roots)
        {
            var trace = spans.Where(s => s.Trace == root.Trace).ToDictionary(s => s.Id);
            Assert.Equal(["grant", "rank", "rank", "rank"], trace.Values.Where(s => s.Parent == root.Id).Select(s => s.Name).Order());
            Assert.Equal(3, trace.Values.Where(s => s.Name == "rank").Select(s => s.Silo).Distinct().Count());
            foreach (var rank in trace.Values.Where(s => s.Name == "rank"))
            {
                Assert.Equal(
                    ["all-gather", "backward", "evaluate", "reduce-scatter", "update"],
                    trace.Values.Where(s => s.Parent == rank.Id && s.Name != "checkpoint").Select(s => s.Name).Order());
            }

            Assert.Equal((8, 8), (trace.Values.Count(s => s.Name == "shard"), trace.Values.Count(s => s.Name == "gather")));
            Assert.All(trace.Values.Where(s => s.Parent.Length > 0), s => LiesWithin(s, trace[s.Parent]));
        }

        // The job's trace leads to the steps, and to how its silos came together: calls to workers and their answers are there.
        var job = Assert.Single(spans, s => s.Name == "job");
        var phases = spans.Where(s => s.Parent == job.Id).OrderBy(s => s.Began).ToArray();
        Assert.Equal(["submit", "queue", "rendezvous", "read data", "train", "publish"], phases.Select(p => p.Name).Where(n => n is not ("evaluating" or "checkpoint")).Distinct());
        Assert.All(phases, p => LiesWithin(p, job));
        var linked = phases.SelectMany(p => p.Links).ToHashSet();
        Assert.Subset(linked, roots.Select(r => r.Id).ToHashSet());
        var start = Assert.Single(spans, s => s.Name == "start");
        Assert.Contains(start.Id, linked);
        Assert.Equal(["rendezvous", "read data", "restore", "first step"], spans.Where(s => s.Parent == start.Id).OrderBy(s => s.Began).Select(s => s.Name));
        Assert.Equal(3, spans.Where(s => s.Trace == start.Trace && s.Name == "restore rank").Select(s => s.Silo).Distinct().Count());

        string[] polls = ["/Status", "/Events", "/Ledger", "/Report", "/List", "/Awake", "/Silos", "/Describe", "/Stand", "/Grant", "/RecordPoints", "/Ask", "/Release"];
        Assert.DoesNotContain(spans, s => polls.Any(p => s.Name.EndsWith(p, StringComparison.Ordinal)));
        Assert.Contains(spans, s => s.Name == "IWorker/Prepare"); // what is not asked again and again is there
    }

    // The silos are on one machine, so their clocks are one; two clocks are read for a span's beginning and its length.
    private static void LiesWithin(ReceivedSpan span, ReceivedSpan parent) =>
        Assert.True(span.Began + 1_000_000 >= parent.Began && span.Ended <= parent.Ended + 1_000_000, $"{span} is not within {parent}");

    [Fact]
    public async Task The_sampler_of_the_environment_decides_on_steps_too()
    {
        using var collector = new OtlpCollector();
        using var train = await Train(
            "otlp", ("OTEL_EXPORTER_OTLP_ENDPOINT", collector.Endpoint), ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"), ("OTEL_TRACES_SAMPLER", "always_off"));
        await train.Succeeds();
        Assert.Empty(collector.Spans);
        Assert.True(collector.MetricRequests > 0);
    }

    [Theory]
    [InlineData("http/protobuf", 404)] // another server
    [InlineData("grpc", 200)] // one that speaks HTTP/1
    [InlineData("http/protobuf", 0)] // nobody
    [InlineData("grpc", 0)]
    public async Task Telemetry_that_does_not_arrive_is_said_once_by_each_silo_with_a_remedy(string protocol, int answer)
    {
        using var collector = new OtlpCollector(answer == 0 ? 200 : answer);
        var endpoint = collector.Endpoint;
        if (answer == 0)
        {
            collector.Dispose();
        }

        using var train = await Train("otlp", ("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint), ("OTEL_EXPORTER_OTLP_PROTOCOL", protocol));
        await train.Succeeds(); // the job itself does not suffer
        var said = train.Errors.Split('\n').Where(l => l.Contains("it does not arrive: ", StringComparison.Ordinal)).Order(StringComparer.Ordinal).ToArray();
        Assert.Equal(2, said.Length);
        Assert.All(said.Zip(["silo-1  ", "silo-2  "]), s => Assert.StartsWith(s.Second, s.First));
        Assert.All(said, s => Assert.Contains($"It goes to {endpoint} by {protocol};", s));
        Assert.All(said, s => Assert.Contains("Set OTEL_EXPORTER_OTLP_ENDPOINT and OTEL_EXPORTER_OTLP_PROTOCOL", s));
        Assert.All(said, s => Assert.InRange(s.Length, 100, 700));
    }

    [Theory]
    [InlineData("OTEL_EXPORTER_OTLP_PROTOCOL", "http/json", "OTEL_EXPORTER_OTLP_PROTOCOL is 'http/json', but must be grpc")]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT", "localhost:4317", "OTEL_EXPORTER_OTLP_ENDPOINT is 'localhost:4317', but must be a URL such as")]
    [InlineData("OTEL_EXPORTER_OTLP_METRICS_PROTOCOL", "udp", "OTEL_EXPORTER_OTLP_METRICS_PROTOCOL is 'udp', but must be grpc")]
    public async Task A_variable_that_the_exporter_would_ignore_keeps_a_silo_from_starting(string name, string value, string message)
    {
        using var silo = new CommandLine(_folder, [(name, value)], ["silo", "--home", "h", "--telemetry", "otlp"]);
        Assert.Equal(2, await silo.Exit());
        Assert.Contains(message, silo.Errors);
    }
}
