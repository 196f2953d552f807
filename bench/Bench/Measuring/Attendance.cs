namespace Granary.Bench.Measuring;

/// <summary>A side's failure in one round.</summary>
/// <param name="Round">From 1.</param>
/// <param name="Side">Who.</param>
/// <param name="Reason">Why, as its process said it.</param>
internal sealed record Failure(int Round, string Side, string Reason);

/// <summary>Who still takes part. A failure costs its round and no more; a side that fails in the first two rounds, or in most of all, is left
/// out. Granary never is: what it has not done stays in the results.</summary>
/// <param name="rounds">Rounds in all.</param>
internal sealed class Attendance(int rounds)
{
    private const int AtTheStart = 2;
    private readonly List<Failure> _failures = [];

    /// <summary>All failures, round by round.</summary>
    public IReadOnlyList<Failure> Failures => _failures;

    /// <summary>Notes one.</summary>
    public void Failed(int round, string side, string reason) => _failures.Add(new Failure(round, side, reason));

    /// <summary>Why a side is left out; null: it is not.</summary>
    public string? LeftOut(string side)
    {
        var failed = _failures.Where(f => f.Side == side).ToArray();
        if (side == Contestant.Granary || failed.Length == 0)
        {
            return null;
        }

        return failed.Length * 2 > rounds ? $"it failed in {failed.Length} of {rounds} rounds: {failed[^1].Reason}"
            : failed.Count(f => f.Round <= AtTheStart) == AtTheStart ? $"it failed in the first {AtTheStart} rounds: {failed[^1].Reason}" : null;
    }
}
