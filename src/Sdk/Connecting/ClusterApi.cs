using System.Text.Json;
using Granary.Contracts;
using Granary.Sdk.Local;

namespace Granary.Sdk.Connecting;

/// <summary>Short questions to the HTTP API of the lasting local cluster. A process that has just started has its answer before an Orleans
/// client would have connected, which takes a second of processor time.</summary>
internal static class ClusterApi
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(4);

    /// <summary>The living silos.</summary>
    /// <param name="home">The cluster's home.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>Each of them; null where no cluster serves the API here or none of it answers in time: an Orleans client can find out why.</returns>
    public static async Task<IReadOnlyList<SiloInfo>?> Silos(ClusterHome home, CancellationToken cancellation)
    {
        using var answer = await Ask(home, "silos", cancellation);
        return answer?.RootElement.EnumerateArray().Select(Silo).ToArray();
    }

    private static SiloInfo Silo(JsonElement silo)
    {
        string Text(string name) => silo.GetProperty(name).GetString()!;
        int Number(string name) => silo.GetProperty(name).GetInt32();
        return new SiloInfo(
            Text("name"), Text("address"), Number("pid"), Text("state"), Number("threads"), Text("device"), "", Text("platform"), silo.GetProperty("gflops").GetDouble());
    }

    private static async Task<JsonDocument?> Ask(ClusterHome home, string question, CancellationToken cancellation)
    {
        if (home.Running()?.Web is not { } page)
        {
            return null;
        }

        // Each try has a connection of its own: the silos share the port, and a frozen one answers nothing.
        async Task<JsonDocument> Once()
        {
            using var http = new HttpClient();
            using var answer = await http.GetAsync(new Uri(page, $"/api/v1/{question}"), cancellation);
            return await JsonDocument.ParseAsync(await answer.EnsureSuccessStatusCode().Content.ReadAsStreamAsync(cancellation), cancellationToken: cancellation);
        }

        try
        {
            return await HedgedQuestion<JsonDocument>.Ask(Once).WaitAsync(Patience, cancellation);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or JsonException or TimeoutException)
        {
            return null;
        }
    }
}
