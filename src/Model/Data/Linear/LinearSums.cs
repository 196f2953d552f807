using System.Numerics;

namespace Granary.Model.Data.Linear;

/// <summary>W x + b over rows of a table, and the gradient that follows from the derivatives by these outputs. All sums are float64, over the rows in the order in which they
/// are given.</summary>
/// <param name="table">D features.</param>
/// <param name="rows">Which rows, B of them; null: the first ones.</param>
/// <param name="count">B.</param>
/// <param name="outputs">K.</param>
internal sealed class LinearSums(LinearTable table, int[]? rows, int count, int outputs)
{
    private const int Block = 1 << 9; // rows that a core's nearest cache holds with all that is made of them

    private readonly double[] _x = new double[Block];
    private readonly double[] _z = new double[outputs * Block]; // [K, Block]

    /// <summary>The outputs.</summary>
    /// <param name="weights">[K, D].</param>
    /// <param name="bias">[K].</param>
    /// <param name="into">[B, K].</param>
    public void Outputs<T>(ReadOnlySpan<T> weights, ReadOnlySpan<T> bias, Span<T> into)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var wide = Wide(weights); // [K, D + 1]: what is no feature weighs nothing
        double[][] choices = [.. Choices().Select(c => rows is null ? c.Term.ByPlace(Of(wide, c.Output)) : [])];
        for (var first = 0; first < count; first += Block)
        {
            var n = Math.Min(Block, count - first);
            for (var k = 0; k < outputs; k++)
            {
                _z.AsSpan(k * Block, n).Fill(double.CreateTruncating(bias[k]));
            }

            foreach (var term in table.Numbers)
            {
                ReadSome(term, first, n);
                for (var k = 0; k < outputs; k++)
                {
                    var weight = Of(wide, k)[term.Feature];
                    if (rows is null)
                    {
                        term.AddTo(first, weight, _z.AsSpan(k * Block, n), _x);
                    }
                    else
                    {
                        Lanes.AddScaled(weight, _x.AsSpan(0, n), _z.AsSpan(k * Block, n));
                    }
                }
            }

            foreach (var (c, (term, k)) in Choices().Index())
            {
                if (rows is null)
                {
                    term.Gather(first, choices[c], _z.AsSpan(k * Block, n));
                }
                else
                {
                    term.Gather(rows.AsSpan(first, n), Of(wide, k), _z.AsSpan(k * Block, n));
                }
            }

            for (var k = 0; k < outputs; k++)
            {
                for (var i = 0; i < n; i++)
                {
                    into[((first + i) * outputs) + k] = T.CreateTruncating(_z[(k * Block) + i]);
                }
            }
        }
    }

    /// <summary>The gradient.</summary>
    /// <param name="slopes">[B, K] derivatives by the outputs.</param>
    /// <param name="weights">Receives [K, D].</param>
    /// <param name="bias">Receives [K].</param>
    public void Gradient<T>(ReadOnlySpan<T> slopes, Span<T> weights, Span<T> bias)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (sums, biases) = (new double[outputs * (table.Features + 1)], new double[outputs]);
        double[][] choices = [.. Choices().Select(c => rows is null ? new double[c.Term.Count] : [])];
        for (var first = 0; first < count; first += Block)
        {
            var n = Math.Min(Block, count - first);
            for (var k = 0; k < outputs; k++)
            {
                for (var i = 0; i < n; i++)
                {
                    var slope = double.CreateTruncating(slopes[((first + i) * outputs) + k]);
                    _z[(k * Block) + i] = slope;
                    biases[k] += slope;
                }
            }

            foreach (var term in table.Numbers)
            {
                ReadSome(term, first, n);
                for (var k = 0; k < outputs; k++)
                {
                    var slopesOf = _z.AsSpan(k * Block, n);
                    Of(sums, k)[term.Feature] += rows is null ? term.Dot(first, slopesOf, _x) : Lanes.Dot(_x.AsSpan(0, n), slopesOf);
                }
            }

            foreach (var (c, (term, k)) in Choices().Index())
            {
                if (rows is null)
                {
                    term.Scatter(first, _z.AsSpan(k * Block, n), choices[c]);
                }
                else
                {
                    term.Scatter(rows.AsSpan(first, n), _z.AsSpan(k * Block, n), Of(sums, k));
                }
            }
        }

        foreach (var (c, (term, k)) in Choices().Index())
        {
            term.AddTo(choices[c], Of(sums, k));
        }

        for (var k = 0; k < outputs; k++)
        {
            bias[k] = T.CreateTruncating(biases[k]);
            for (var f = 0; f < table.Features; f++)
            {
                weights[(k * table.Features) + f] = T.CreateTruncating(Of(sums, k)[f]);
            }
        }
    }

    private IEnumerable<(ChoiceTerm Term, int Output)> Choices() => table.Choices.SelectMany(term => Enumerable.Range(0, outputs).Select(k => (term, k)));

    // One output's of [K, D + 1].
    private Span<double> Of(double[] all, int output) => all.AsSpan(output * (table.Features + 1), table.Features + 1);

    private double[] Wide<T>(ReadOnlySpan<T> weights)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var wide = new double[outputs * (table.Features + 1)];
        for (var k = 0; k < outputs; k++)
        {
            for (var f = 0; f < table.Features; f++)
            {
                wide[(k * (table.Features + 1)) + f] = double.CreateTruncating(weights[(k * table.Features) + f]);
            }
        }

        return wide;
    }

    // Chosen rows, once for all outputs.
    private void ReadSome(NumberTerm term, int first, int n)
    {
        if (rows is not null)
        {
            term.Read(rows.AsSpan(first, n), _x);
        }
    }
}
