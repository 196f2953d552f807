using Granary.Jobs;

namespace Granary.Model.Data;

/// <summary>Features of cells, made anew whenever a row is asked for.</summary>
/// <param name="cells">The cells.</param>
/// <param name="texts">What texts' places stand for.</param>
/// <param name="encoder">Makes features of them.</param>
internal sealed class EncodedRows(IDenseRows cells, IReadOnlyList<string>?[] texts, TableEncoder encoder) : IDenseRows
{
    private const int FewCells = 256;

    /// <inheritdoc/>
    public int Count => cells.Count;

    /// <inheritdoc/>
    public int Features => encoder.Features.Count;

    /// <inheritdoc/>
    public void Read(int row, Span<double> into)
    {
        Span<double> own = cells.Features <= FewCells ? stackalloc double[cells.Features] : new double[cells.Features];
        cells.Read(row, own);
        encoder.Encode(own, texts, into);
    }
}
