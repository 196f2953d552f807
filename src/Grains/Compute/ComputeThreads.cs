namespace Granary.Grains.Compute;

/// <summary>A silo's own compute threads. The thread that calls <see cref="Run"/> is one of them, so that with one thread
/// nothing is handed over at all. Neither the Orleans scheduler nor the .NET thread pool ever computes.</summary>
internal sealed class ComputeThreads : IDisposable
{
    private readonly SemaphoreSlim _work = new(0);
    private readonly CountdownEvent _finished = new(1);
    private readonly Thread[] _helpers;
    private Action<int, int>? _body;
    private Exception?[] _failures = [];
    private int _items;
    private int _next;
    private bool _stopping;

    /// <param name="count">Threads, the calling one included.</param>
    /// <param name="name">For debuggers.</param>
    public ComputeThreads(int count, string name)
    {
        Count = count;
        _helpers = [.. Enumerable.Range(1, count - 1).Select(i => new Thread(() => Help(i)) { IsBackground = true, Name = $"{name} compute {i}" })];
        foreach (var helper in _helpers)
        {
            helper.Start();
        }
    }

    /// <summary>Threads, the calling one included.</summary>
    public int Count { get; }

    /// <summary>Runs <paramref name="body"/>(thread, item) for every item; returns when all are done. Of several failures
    /// the one of the lowest item is thrown.</summary>
    public void Run(int items, Action<int, int> body)
    {
        _body = body;
        _items = items;
        _next = 0;
        if (_failures.Length != items)
        {
            _failures = new Exception?[items];
        }

        Array.Clear(_failures);
        var helpers = Math.Min(_helpers.Length, items - 1);
        if (helpers > 0)
        {
            _finished.Reset(helpers);
            _work.Release(helpers);
        }

        Pull(0);
        if (helpers > 0)
        {
            _finished.Wait();
        }

        if (Array.Find(_failures, f => f is not null) is { } failure)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failure);
        }
    }

    private void Pull(int thread)
    {
        for (var item = Interlocked.Increment(ref _next) - 1; item < _items; item = Interlocked.Increment(ref _next) - 1)
        {
            try
            {
                _body!(thread, item);
            }
#pragma warning disable CA1031 // every failure is carried to the caller
            catch (Exception e)
            {
                _failures[item] = e;
            }
#pragma warning restore CA1031
        }
    }

    private void Help(int thread)
    {
        while (true)
        {
            _work.Wait();
            if (_stopping)
            {
                return;
            }

            Pull(thread);
            _finished.Signal();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stopping = true;
        _work.Release(Math.Max(1, _helpers.Length));
        foreach (var helper in _helpers)
        {
            helper.Join();
        }

        _work.Dispose();
        _finished.Dispose();
    }
}
