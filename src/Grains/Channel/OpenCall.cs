using System.Threading.Tasks.Sources;

namespace Granary.Grains.Channel;

/// <summary>A call that is completed later, by whoever has it and on that thread: what waits for it goes on within <see cref="Complete"/>. One at a
/// time, without an allocation for each.</summary>
internal sealed class OpenCall : IValueTaskSource<int>
{
    private ManualResetValueTaskSourceCore<int> _core = new() { RunContinuationsAsynchronously = false };

    /// <summary>Whether one waits.</summary>
    public bool IsOpen { get; private set; }

    /// <summary>Opens one that returns a number.</summary>
    public ValueTask<int> Open()
    {
        _core.Reset();
        IsOpen = true;
        return new ValueTask<int>(this, _core.Version);
    }

    /// <summary>Completes it.</summary>
    /// <param name="result">The number.</param>
    /// <param name="error">What it fails with; null: it does not.</param>
    public void Complete(int result, Exception? error)
    {
        IsOpen = false; // first: what goes on now may open the next one
        if (error is null)
        {
            _core.SetResult(result);
        }
        else
        {
            _core.SetException(error);
        }
    }

    /// <inheritdoc/>
    public int GetResult(short token) => _core.GetResult(token);

    /// <inheritdoc/>
    public ValueTaskSourceStatus GetStatus(short token) => _core.GetStatus(token);

    /// <inheritdoc/>
    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);
}
