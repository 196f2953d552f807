namespace Granary.Bench.Training;

/// <summary>Asks for what a job's page asks for, as often as it does: the stream of its status and events, its curves each second, and where its time
/// went, the silos and the ranks every two.</summary>
internal sealed class PageReader : IAsyncDisposable
{
    private readonly CancellationTokenSource _closing = new();
    private readonly HttpClient _http;
    private readonly Task[] _reading;
    private long _answers;

    /// <param name="page">The page's address, as the command prints it: SCHEME://HOST:PORT/#/jobs/JOB.</param>
    public PageReader(Uri page)
    {
        _http = new HttpClient { BaseAddress = new Uri(page, "/api/v1/") };
        var job = page.Fragment["#/".Length..];
        _reading = [Follow($"{job}/events/stream"), Poll(1, $"{job}/metrics?points=800"), Poll(2, $"{job}/goodput"), Poll(2, "silos"), Poll(2, $"{job}/activity")];
    }

    /// <summary>Answers so far, of the polled ones.</summary>
    public long Answers => Interlocked.Read(ref _answers);

    private async Task Poll(int seconds, string path)
    {
        using var every = new PeriodicTimer(TimeSpan.FromSeconds(seconds));
        do
        {
            try
            {
                _ = await _http.GetByteArrayAsync(new Uri(path, UriKind.Relative), _closing.Token);
                Interlocked.Increment(ref _answers);
            }
            catch (HttpRequestException)
            {
                // The job is not known yet, or its silos are ending.
            }
        }
        while (await every.WaitForNextTickAsync(_closing.Token));
    }

    private async Task Follow(string path)
    {
        while (!_closing.IsCancellationRequested)
        {
            try
            {
                await using var stream = await _http.GetStreamAsync(new Uri(path, UriKind.Relative), _closing.Token);
                await stream.CopyToAsync(Stream.Null, _closing.Token);
            }
            catch (Exception e) when (e is HttpRequestException or IOException)
            {
                // As above: a page asks again after a second, too.
            }

            await Task.Delay(TimeSpan.FromSeconds(1), _closing.Token);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        foreach (var reading in _reading)
        {
            await reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        _http.Dispose();
        _closing.Dispose();
    }
}
