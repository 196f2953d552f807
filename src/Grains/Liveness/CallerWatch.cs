namespace Granary.Grains.Liveness;

/// <summary>How long a grain that works for one caller waits for the next question.</summary>
/// <param name="Time">Longer than a caller tries to reach a cluster.</param>
internal sealed record CallerPatience(TimeSpan Time);

/// <summary>Notices that whoever asks a grain again and again for an answer does so no more: the process has ended, or its user has given up.</summary>
/// <param name="time">The clock.</param>
/// <param name="patience">How long a silence means nothing.</param>
internal sealed class CallerWatch(TimeProvider time, CallerPatience patience)
{
    private long _asked = time.GetTimestamp();

    /// <summary>How often to look.</summary>
    public TimeSpan LookEvery => patience.Time / 4;

    /// <summary>Whether the caller has been silent for too long.</summary>
    public bool IsGone => time.GetElapsedTime(_asked) > patience.Time;

    /// <summary>The caller has asked.</summary>
    public void Asked() => _asked = time.GetTimestamp();
}
