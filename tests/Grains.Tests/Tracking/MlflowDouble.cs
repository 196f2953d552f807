using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace Granary.Grains.Tests.Tracking;

/// <summary>A tracking server that speaks what MLflow documents of its REST calls, and keeps all that it is told, twice where it is told twice.
/// Now and then it does what it is asked for and loses the answer.</summary>
internal sealed class MlflowDouble : IDisposable
{
    private readonly HeldPort _port = new();
    private readonly HttpListener _listener = new();
    private readonly Task _work;
    private int _asked;

    public MlflowDouble()
    {
        _listener.Prefixes.Add(Address + "/");
        _listener.Start();
        _work = Task.Run(Listen);
    }

    public string Address => "http://" + _port.Address;

    public List<string> Experiments { get; } = [];

    public List<Run> Runs { get; } = [];

    /// <summary>Metrics that it has been told so far.</summary>
    public int Logged
    {
        get
        {
            lock (Runs)
            {
                return Runs.Sum(r => r.Metrics.Count);
            }
        }
    }

    /// <summary>Every so many-th answer is lost; 0: none.</summary>
    public int Loses { get; init; }

    private async Task Listen()
    {
        while (_listener.IsListening)
        {
            try
            {
                var context = await _listener.GetContextAsync();
                using var reader = new StreamReader(context.Request.InputStream);
                var text = await reader.ReadToEndAsync();
                JsonNode? answer;
                lock (Runs)
                {
                    answer = Answer(context.Request, text.Length > 0 ? JsonNode.Parse(text)! : new JsonObject());
                }

                context.Response.StatusCode = answer is null ? 404 : Loses > 0 && ++_asked % Loses == 0 ? 500 : 200;
                await context.Response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes((answer ?? new JsonObject { ["error_code"] = "RESOURCE_DOES_NOT_EXIST" }).ToJsonString()));
                context.Response.Close();
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private JsonNode? Answer(HttpListenerRequest request, JsonNode body)
    {
        Assert.True(request.HttpMethod == "GET" || request.ContentLength64 > 0, "a body of unknown length");
        Run OfBody() => Runs.Single(r => r.Id == (string)body["run_id"]!);
        switch (request.HttpMethod, request.Url!.AbsolutePath)
        {
            case ("GET", "/api/2.0/mlflow/experiments/get-by-name"):
                var at = Experiments.IndexOf(request.QueryString["experiment_name"]!);
                return at < 0 ? null : new JsonObject { ["experiment"] = new JsonObject { ["experiment_id"] = $"{at}" } };
            case ("POST", "/api/2.0/mlflow/experiments/create"):
                Experiments.Add((string)body["name"]!);
                return new JsonObject { ["experiment_id"] = $"{Experiments.Count - 1}" };
            case ("POST", "/api/2.0/mlflow/runs/create"):
                Runs.Add(new Run($"run-{Runs.Count}", (string)body["experiment_id"]!, (long)body["start_time"]!));
                body["tags"]!.AsArray().ToList().ForEach(t => Runs[^1].Tags[(string)t!["key"]!] = (string)t["value"]!);
                return new JsonObject { ["run"] = Runs[^1].Json() };
            case ("POST", "/api/2.0/mlflow/runs/search"):
                var filter = (string)body["filter"]!;
                return new JsonObject
                {
                    ["runs"] = new JsonArray([.. Runs.Where(r => body["experiment_ids"]!.AsArray().Any(e => (string)e! == r.Experiment)
                        && r.Tags.Any(t => filter == $"tags.\"{t.Key}\" = '{t.Value}'")).Select(r => r.Json())]),
                };
            case ("POST", "/api/2.0/mlflow/runs/set-tag"):
                OfBody().Tags[(string)body["key"]!] = (string)body["value"]!;
                return new JsonObject();
            case ("POST", "/api/2.0/mlflow/runs/log-batch"):
                var parameters = body["params"]?.AsArray() ?? [];
                foreach (var p in parameters)
                {
                    var (key, value) = ((string)p!["key"]!, (string)p["value"]!);
                    Assert.True(!OfBody().Parameters.TryGetValue(key, out var before) || before == value, $"parameter {key} changes from {before} to {value}");
                    OfBody().Parameters[key] = value;
                }

                var metrics = body["metrics"]?.AsArray() ?? [];
                Assert.InRange(parameters.Count, 0, 100); // MLflow's limits of one request
                Assert.InRange(metrics.Count + parameters.Count, 1, 1000);
                OfBody().Metrics.AddRange(metrics.Select(m => ((string)m!["key"]!, (long)m["step"]!, (double)m["value"]!, (long)m["timestamp"]!)));
                return new JsonObject();
            case ("POST", "/api/2.0/mlflow/runs/update"):
                (OfBody().Status, OfBody().Ended) = ((string)body["status"]!, (long?)body["end_time"]);
                return new JsonObject();
            default:
                return null;
        }
    }

    public void Dispose()
    {
        _listener.Close();
        _work.Wait();
        _port.Dispose();
    }

    /// <summary>A run as the server has it.</summary>
    internal sealed record Run(string Id, string Experiment, long Began)
    {
        public Dictionary<string, string> Tags { get; } = [];

        public Dictionary<string, string> Parameters { get; } = [];

        public List<(string Key, long Step, double Value, long At)> Metrics { get; } = [];

        public string Status { get; set; } = "RUNNING";

        public long? Ended { get; set; }

        // Of each metric the newest; steps are texts, as in JSON that is made of protocol buffers.
        public JsonObject Json() => new()
        {
            ["info"] = new JsonObject { ["run_id"] = Id, ["status"] = Status },
            ["data"] = new JsonObject
            {
                ["metrics"] = new JsonArray([.. Metrics.GroupBy(m => m.Key).Select(m => m.MaxBy(v => v.Step)).Select(m =>
                    (JsonNode)new JsonObject { ["key"] = m.Key, ["value"] = m.Value, ["step"] = $"{m.Step}", ["timestamp"] = $"{m.At}" })]),
            },
        };
    }
}
