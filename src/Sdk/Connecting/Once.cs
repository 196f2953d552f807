namespace Granary.Sdk.Connecting;

/// <summary>A connection that is made when it is needed for the first time. Where that fails, the next one who needs it tries again.</summary>
/// <typeparam name="T">The connection.</typeparam>
/// <param name="connect">Connects.</param>
internal sealed class Once<T>(Func<CancellationToken, Task<T>> connect) : IAsyncDisposable, IDisposable
    where T : class, IAsyncDisposable, IDisposable
{
    private readonly SemaphoreSlim _one = new(1);
    private T? _connection;
    private volatile bool _disposed;

    /// <summary>One that is there already.</summary>
    public static Once<T> Of(T connection) => new(_ => Task.FromResult(connection)) { _connection = connection };

    /// <summary>The connection.</summary>
    /// <exception cref="ClusterUnreachableException">No silo answers.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled, maybe before: nothing is begun then, though there is a connection.</exception>
    public async ValueTask<T> Get(CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        ObjectDisposedException.ThrowIf(_disposed, typeof(GranaryClient));
        if (_connection is { } there)
        {
            return there;
        }

        await _one.WaitAsync(cancellation);
        try
        {
            ObjectDisposedException.ThrowIf(_disposed, typeof(GranaryClient));
            _connection ??= await connect(cancellation);
            if (_disposed && Interlocked.Exchange(ref _connection, null) is { } late)
            {
                await late.DisposeAsync(); // nobody else will
            }

            return _connection ?? throw new ObjectDisposedException(nameof(GranaryClient));
        }
        finally
        {
            _one.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _disposed = true;
        Interlocked.Exchange(ref _connection, null)?.Dispose();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _disposed = true;
        if (Interlocked.Exchange(ref _connection, null) is { } connection)
        {
            await connection.DisposeAsync();
        }
    }
}
