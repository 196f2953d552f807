using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Granary.Jobs;

namespace Granary.Grains.Tracking;

/// <summary>MLflow's tracking API over REST, as far as a run needs it. Each call throws <see cref="HttpRequestException"/>,
/// <see cref="OperationCanceledException"/> or <see cref="JsonException"/> where it fails.</summary>
/// <param name="server">The server's URL.</param>
internal sealed class MlflowServer(string server)
{
    private const int LongestMessage = 200;

    private static readonly HttpClient Http = new() { Timeout = TimeSpan.FromSeconds(5) };
    private static readonly JsonSerializerOptions Json = new() { NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals }; // a loss may be NaN

    private readonly string _api = server.TrimEnd('/') + "/api/2.0/mlflow/";

    /// <summary>The id of an experiment, which is made if it is not there.</summary>
    public async Task<string> Experiment(string name, CancellationToken cancellation)
    {
        var path = "experiments/get-by-name?experiment_name=" + Uri.EscapeDataString(name);
        if (await Send(HttpMethod.Get, path, null, cancellation, mayBeMissing: true) is { } found)
        {
            return Text(found["experiment"]?["experiment_id"]);
        }

        return Text((await Post("experiments/create", new JsonObject { ["name"] = name }, cancellation))["experiment_id"]);
    }

    /// <summary>The run of a tag's value, with the newest step of each of its metrics; null: there is none.</summary>
    public async Task<(string Run, IReadOnlyDictionary<string, long> Logged)?> Find(string experiment, string tag, string value, CancellationToken cancellation)
    {
        var found = await Post(
            "runs/search",
            new JsonObject { ["experiment_ids"] = new JsonArray(experiment), ["filter"] = $"tags.\"{tag}\" = '{value}'", ["max_results"] = 1 },
            cancellation);
        if (found["runs"]?.AsArray().FirstOrDefault() is not { } run)
        {
            return null;
        }

        var metrics = run["data"]?["metrics"]?.AsArray() ?? [];
        return (Text(run["info"]?["run_id"]), metrics.ToDictionary(m => Text(m!["key"]), m => Number(m!["step"])));
    }

    /// <summary>Makes a run; returns its id.</summary>
    public async Task<string> Create(string experiment, string name, string tag, string value, DateTimeOffset began, CancellationToken cancellation) => Text((await Post(
        "runs/create",
        new JsonObject
        {
            ["experiment_id"] = experiment,
            ["run_name"] = name,
            ["start_time"] = began.ToUnixTimeMilliseconds(),
            ["tags"] = new JsonArray(Pair(tag, value), Pair("mlflow.runName", name)),
        },
        cancellation))["run"]?["info"]?["run_id"]);

    /// <summary>Logs parameters, 100 at most. The same again changes nothing.</summary>
    public Task Parameters(string run, IEnumerable<(string Key, string Value)> parameters, CancellationToken cancellation) => Post(
        "runs/log-batch",
        new JsonObject { ["run_id"] = run, ["params"] = new JsonArray([.. parameters.Select(p => (JsonNode)Pair(p.Key, p.Value))]) },
        cancellation);

    /// <summary>Logs metrics, 1000 at most.</summary>
    public Task Log(string run, IEnumerable<MlflowMetric> metrics, CancellationToken cancellation) => Post(
        "runs/log-batch",
        new JsonObject { ["run_id"] = run, ["metrics"] = JsonSerializer.SerializeToNode(metrics, Json) },
        cancellation);

    /// <summary>Sets a tag.</summary>
    public Task Tag(string run, string key, string value, CancellationToken cancellation) => Post("runs/set-tag", With(run, Pair(key, value)), cancellation);

    /// <summary>Says how a run stands: RUNNING, FINISHED, FAILED or KILLED.</summary>
    public Task Update(string run, string status, DateTimeOffset? ended, CancellationToken cancellation)
    {
        var change = new JsonObject { ["run_id"] = run, ["status"] = status };
        if (ended is { } end)
        {
            change["end_time"] = end.ToUnixTimeMilliseconds();
        }

        return Post("runs/update", change, cancellation);
    }

    private static JsonObject Pair(string key, string value) => new() { ["key"] = key, ["value"] = value };

    private static JsonObject With(string run, JsonObject rest)
    {
        rest["run_id"] = run;
        return rest;
    }

    private async Task<JsonNode> Post(string path, JsonObject body, CancellationToken cancellation) => (await Send(HttpMethod.Post, path, body, cancellation))!;

    private async Task<JsonNode?> Send(HttpMethod method, string path, JsonObject? body, CancellationToken cancellation, bool mayBeMissing = false)
    {
        // As a text, whose length goes before it: not every server and gateway takes a body of unknown length.
        using var request = new HttpRequestMessage(method, _api + path) { Content = body is null ? null : new StringContent(body.ToJsonString(Json), Encoding.UTF8, "application/json") };
        request.Headers.Authorization = MayHaveSecrets(_api) ? Authorization() : null;
        using var answer = await Http.SendAsync(request, cancellation);
        var text = await answer.Content.ReadAsStringAsync(cancellation);
        if (mayBeMissing && answer.StatusCode == HttpStatusCode.NotFound)
        {
            return null;
        }

        if (!answer.IsSuccessStatusCode)
        {
            var said = text.ReplaceLineEndings(" ");
            throw new HttpRequestException($"{path.Split('?')[0]} was answered with {(int)answer.StatusCode}: {(said.Length <= LongestMessage ? said : said[..LongestMessage] + "...")}");
        }

        return JsonNode.Parse(text.Length == 0 ? "{}" : text) ?? throw new JsonException($"{path} was answered with null");
    }

    // Where jobs are strangers', the secret goes to the server that the silo's own environment names, and to no other that a job may name.
    private static bool MayHaveSecrets(string api) => !PathRule.Current.Limits
        || (Uri.TryCreate(Environment.GetEnvironmentVariable("MLFLOW_TRACKING_URI"), UriKind.Absolute, out var own) && Uri.TryCreate(api, UriKind.Absolute, out var asked)
            && own.GetLeftPart(UriPartial.Authority) == asked.GetLeftPart(UriPartial.Authority));

    // The variables of MLflow's own clients.
    private static AuthenticationHeaderValue? Authorization() =>
        Environment.GetEnvironmentVariable("MLFLOW_TRACKING_TOKEN") is { Length: > 0 } token ? new("Bearer", token)
        : Environment.GetEnvironmentVariable("MLFLOW_TRACKING_USERNAME") is { Length: > 0 } user
            ? new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{Environment.GetEnvironmentVariable("MLFLOW_TRACKING_PASSWORD")}")))
        : null;

    private static string Text(JsonNode? node) => node?.ToString() ?? throw new JsonException("the answer is not that of an MLflow server");

    // Whole numbers of 64 bits are texts in JSON made of protocol buffers.
    private static long Number(JsonNode? node) => node is null ? 0 : long.Parse(node.ToString(), System.Globalization.CultureInfo.InvariantCulture);
}

/// <summary>A metric's value at a step, as MLflow takes it.</summary>
/// <param name="Key">Its name.</param>
/// <param name="Value">The value.</param>
/// <param name="Timestamp">When, in ms since 1970.</param>
/// <param name="Step">At which step.</param>
internal sealed record MlflowMetric(
    [property: JsonPropertyName("key")] string Key, [property: JsonPropertyName("value")] double Value,
    [property: JsonPropertyName("timestamp")] long Timestamp, [property: JsonPropertyName("step")] long Step);
