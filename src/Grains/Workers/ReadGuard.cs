namespace Granary.Grains.Workers;

/// <summary>Keeps native memory from being freed while a thread of another reads it.</summary>
internal sealed class ReadGuard
{
    private readonly Lock _lock = new();
    private bool _closed;

    /// <summary>To be disposed of after reading.</summary>
    /// <exception cref="ObjectDisposedException">The memory has been freed.</exception>
    public Lock.Scope Read()
    {
        var scope = _lock.EnterScope();
        if (!_closed)
        {
            return scope;
        }

        scope.Dispose();
        throw new ObjectDisposedException("the worker's session");
    }

    /// <summary>Frees the memory: once, and not while it is being read.</summary>
    public void Close(Action free)
    {
        using var scope = _lock.EnterScope();
        if (!_closed)
        {
            _closed = true;
            free();
        }
    }
}
