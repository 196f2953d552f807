namespace Granary.Grains.Workers;

/// <summary>The life of a worker's session: it becomes ready or fails to, takes steps until it is told to stop, and ends.</summary>
internal sealed class SessionState
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when the session is ready for its first step; fails when it never will be.</summary>
    public Task Ready => _ready.Task;

    /// <summary>Whether it has been decided that it is ready, or will never be.</summary>
    public bool IsReadyDecided => _ready.Task.IsCompleted;

    /// <summary>Completes when the training thread has ended.</summary>
    public Task Ended => _ended.Task;

    /// <summary>Cancelled when the session is to stop.</summary>
    public CancellationToken Stopping => _stopping.Token;

    /// <summary>Lets others wait for a step.</summary>
    public StepBarrier Steps { get; } = new();

    /// <summary>Tells the session to stop, between two versions of the weights.</summary>
    public void Stop() => _stopping.Cancel();

    /// <summary>The first step can be taken.</summary>
    public void SetReady(long committed)
    {
        Steps.Pass(committed);
        _ready.SetResult();
    }

    /// <summary>The first step will never be taken; nothing changes if it can be.</summary>
    public void FailReady(Exception cause) => _ready.TrySetException(cause);

    /// <summary>The training thread has ended.</summary>
    public void End()
    {
        Steps.End();
        _ready.TrySetCanceled();
        _ended.SetResult();
    }
}
