using Granary.Model.Data;

namespace Granary.Model.Tests.Data;

/// <summary>Threads that are always free.</summary>
/// <param name="count">How many.</param>
internal sealed class FreeThreads(int count) : IReadingHelpers
{
    private int _left = count;

    public bool TryRun(Action work)
    {
        if (Interlocked.Decrement(ref _left) < 0)
        {
            return false;
        }

        new Thread(() => work()).Start();
        return true;
    }
}
