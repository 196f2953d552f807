namespace Granary.Model.Data;

/// <summary>A sum in float64 that is off by no more than a rounding or two, however many numbers go into it: what each addition
/// rounds away is added up apart (Neumaier, 1974).</summary>
internal struct CompensatedSum
{
    private double _sum;
    private double _lost;

    /// <summary>The sum.</summary>
    public readonly double Value => _sum + _lost;

    /// <summary>Adds a number.</summary>
    public void Add(double x)
    {
        var sum = _sum + x;
        _lost += Math.Abs(_sum) >= Math.Abs(x) ? (_sum - sum) + x : (x - sum) + _sum;
        _sum = sum;
    }
}
