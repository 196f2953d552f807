using System.Runtime.ExceptionServices;

namespace Granary.Grains.Compute;

/// <summary>A thread that runs one piece of work at a time for another thread, which continues meanwhile and then waits for it.</summary>
internal sealed class SideThread : IDisposable
{
    private readonly SemaphoreSlim _begin = new(0);
    private readonly SemaphoreSlim _end = new(0);
    private readonly Thread _thread;
    private Action? _work;
    private Exception? _failure;

    /// <param name="name">For debuggers.</param>
    public SideThread(string name)
    {
        _thread = new Thread(Loop) { IsBackground = true, Name = name };
        _thread.Start();
    }

    /// <summary>Begins; <see cref="Join"/> or <see cref="Wait"/> must follow.</summary>
    public void Begin(Action work)
    {
        _work = work;
        _begin.Release();
    }

    /// <summary>Waits until it is done, whatever came of it.</summary>
    public void Wait() => _end.Wait();

    /// <summary>Waits until it is done; throws what it has thrown.</summary>
    public void Join()
    {
        Wait();
        if (_failure is { } failure)
        {
            ExceptionDispatchInfo.Throw(failure);
        }
    }

    private void Loop()
    {
        while (true)
        {
            _begin.Wait();
            if (_work is not { } work)
            {
                return;
            }

            _failure = null;
            try
            {
                work();
            }
#pragma warning disable CA1031 // every failure is carried to the caller
            catch (Exception e)
            {
                _failure = e;
            }
#pragma warning restore CA1031

            _end.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _work = null;
        _begin.Release();
        _thread.Join();
        _begin.Dispose();
        _end.Dispose();
    }
}
