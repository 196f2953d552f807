namespace Granary.Model.Evaluation;

/// <summary>
/// P(a positive's score is above a negative's) + P(they are equal) / 2 (Hanley and McNeil, 1982), counted in whole numbers, so that
/// it is exact however the examples were spread.
/// </summary>
public sealed class AreaUnderRoc
{
    private Int128 _twice; // of the pairs in the right order, one for each that is tied
    private long _positives;
    private long _negatives; // with a score below that of the runs under way
    private ScoreRun _run;

    /// <summary>Takes some examples in; scores never fall.</summary>
    public void Add(ScoreRun run)
    {
        if (run.Score > _run.Score || _run is { Positives: 0, Negatives: 0 })
        {
            Close();
            _run = run;
        }
        else
        {
            _run = run.Score == _run.Score
                ? _run with { Positives = _run.Positives + run.Positives, Negatives = _run.Negatives + run.Negatives }
                : throw new ArgumentOutOfRangeException(nameof(run), run.Score, $"Scores must not fall: {_run.Score} was there.");
        }
    }

    private void Close()
    {
        _twice += (Int128)_run.Positives * ((2 * (Int128)_negatives) + _run.Negatives);
        _positives += _run.Positives;
        _negatives += _run.Negatives;
        _run = default;
    }

    /// <summary>The area; null where there are only positives or only negatives.</summary>
    public double? Result()
    {
        Close();
        return _positives == 0 || _negatives == 0 ? null : (double)_twice / (2 * (double)((Int128)_positives * _negatives));
    }
}
