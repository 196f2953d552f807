using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text.Json;

namespace Granary.Deploy.Tests.Containers;

/// <summary>The HTTP API of a cluster, asked through whichever silo answers.</summary>
/// <param name="silos">Where silos serve it.</param>
internal sealed class ClusterApi(IReadOnlyList<Uri> silos) : IDisposable
{
    // For what hangs, since the last step.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    // For what moves and never gets there.
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(5);

    /// <summary>An operator's, as the Secret gives it to the silos.</summary>
    public const string Token = "a-token-of-these-tests-alone-0123456789";

    private readonly HttpClient _http = Client(TimeSpan.FromSeconds(10));

    /// <summary>Hands a job in; returns its id.</summary>
    /// <param name="text">The job file.</param>
    /// <param name="folder">Where its relative paths start, as silos see it.</param>
    /// <param name="set">key=value over it.</param>
    public async Task<string> Submit(string text, string folder, params string[] set)
    {
        using var body = new StringContent(text, new MediaTypeHeaderValue("application/yaml"));
        using var http = Client(Patience); // the data is read first
        using var answer = await http.PostAsync(
            new Uri(silos[0], $"api/v1/jobs?folder={Uri.EscapeDataString(folder)}{string.Concat(set.Select(s => $"&set={Uri.EscapeDataString(s)}"))}"), body);
        var told = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, told);
        return JsonDocument.Parse(told).RootElement.GetProperty("job").GetString()!;
    }

    /// <summary>Where a job stands, by those silos that answer: what is newest of it.</summary>
    public async Task<JsonElement> Job(string id)
    {
        for (var since = Stopwatch.StartNew(); since.Elapsed < Patience; await Task.Delay(200))
        {
            var asked = silos.Select(s => Ask(s, id)).ToArray();
            await Task.WhenAny(asked);
            await Task.WhenAny(Task.WhenAll(asked), Task.Delay(TimeSpan.FromSeconds(1))); // one that is cut off must not be waited for
            var told = asked.Where(a => a.IsCompleted).Select(a => a.Result).OfType<JsonElement>().ToArray();
            if (told.Length > 0)
            {
                return told.MaxBy(j => (j.GetProperty("generation").GetInt64(), j.GetProperty("step").GetInt64()));
            }
        }

        throw new TimeoutException($"no silo has answered for {Patience.TotalMinutes:0} min");
    }

    /// <summary>Where a job stands, by one silo; null: it does not answer.</summary>
    /// <param name="silo">Where it serves its API.</param>
    /// <param name="id">The job.</param>
    public async Task<JsonElement?> Ask(Uri silo, string id)
    {
        try
        {
            using var answer = await _http.GetAsync(new Uri(silo, $"api/v1/jobs/{id}"));
            return answer.IsSuccessStatusCode ? JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement.GetProperty("status") : null;
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
        {
            return null;
        }
    }

    /// <summary>Waits until a job is as it should be. Patience begins anew with each step that it takes.</summary>
    public Task<JsonElement> Until(string id, string what, Func<JsonElement, bool> isSo) => Until(id, what, j => Task.FromResult(isSo(j)));

    /// <inheritdoc cref="Until(string, string, Func{JsonElement, bool})"/>
    public async Task<JsonElement> Until(string id, string what, Func<JsonElement, Task<bool>> isSo)
    {
        var (step, since, begun) = (-1L, Stopwatch.StartNew(), Stopwatch.StartNew());
        while (true)
        {
            var job = await Job(id);
            if (await isSo(job))
            {
                return job;
            }

            Assert.True(job.GetProperty("state").GetString() is not ("failed" or "completed"), $"{what} did not come before the job's end: {job}");
            if (job.GetProperty("step").GetInt64() is var now && now != step)
            {
                (step, since) = (now, Stopwatch.StartNew());
            }

            Assert.True(since.Elapsed < Patience && begun.Elapsed < LongestWait, $"{what} has not come: {job}");
            await Task.Delay(100);
        }
    }

    /// <summary>Waits until a job trains on so many silos, and has taken some steps so.</summary>
    /// <param name="id">The job.</param>
    /// <param name="members">How many silos.</param>
    /// <param name="besides">What else must be so, too; null: nothing.</param>
    public async Task<JsonElement> TrainsOn(string id, int members, Func<JsonElement, bool>? besides = null)
    {
        const int Steps = 50;
        bool IsSo(JsonElement job) => job.GetProperty("members").GetArrayLength() == members && besides?.Invoke(job) != false;
        var first = await Until(id, $"training on {members} silos", j => IsSo(j) && j.GetProperty("step").GetInt64() > 0);
        var step = first.GetProperty("step").GetInt64();
        return await Until(id, $"{Steps} steps on {members} silos", j => IsSo(j) && j.GetProperty("step").GetInt64() >= step + Steps);
    }

    /// <summary>Ends a job at its next step.</summary>
    public async Task Cancel(string id)
    {
        using var http = Client(TimeSpan.FromSeconds(30));
        var said = new List<string>();
        foreach (var silo in silos) // one may end just now
        {
            try
            {
                using var answer = await http.PostAsync(new Uri(silo, $"api/v1/jobs/{id}/cancel"), null);
                if (answer.IsSuccessStatusCode)
                {
                    return;
                }

                said.Add($"{silo}: {answer.StatusCode}: {await answer.Content.ReadAsStringAsync()}");
            }
            catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
            {
                said.Add($"{silo}: {e.Message}");
            }
        }

        Assert.Fail(string.Join('\n', said));
    }

    /// <summary>Waits for a job's end.</summary>
    /// <param name="id">The job.</param>
    /// <param name="state">How it must end: "completed" or "cancelled".</param>
    /// <returns>The steps behind its weights, and their hash.</returns>
    public async Task<(long Step, string Sha256)> Ends(string id, string state)
    {
        var job = await Until(id, $"the state {state}", j => j.GetProperty("state").GetString() == state && j.GetProperty("result").ValueKind == JsonValueKind.Object);
        var result = job.GetProperty("result");
        return (result.GetProperty("step").GetInt64(), result.GetProperty("weightsSha256").GetString()!);
    }

    private static HttpClient Client(TimeSpan patience) => new() { Timeout = patience, DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", Token) } };

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();
}
