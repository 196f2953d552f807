using CsCheck;
using Granary.Model.Data;

namespace Granary.Model.Tests.Columns;

/// <summary>Cells come back to the bit, and take few bytes where they can.</summary>
public sealed class CellRunTests
{
    private static readonly Gen<double> Cells = Gen.OneOf(
        Gen.Int[-100, 100].Select(i => (double)i),
        Gen.Int[-1_000_000, 1_000_000].Select(i => i / 1e4),
        Gen.Int.Select(i => i / 1e2),
        Gen.Int[0, 9].Select(i => i % 2 == 0 ? double.NaN : -0.0),
        Gen.Double.Where(double.IsFinite),
        Gen.Int[0, 5].Select(i => new[] { int.MinValue, int.MaxValue, 2147483648.0, 1e300, double.Epsilon, 0.1 }[i]));

    private static long[] Bits(ReadOnlySpan<double> cells)
    {
        var bits = new long[cells.Length];
        for (var i = 0; i < bits.Length; i++)
        {
            bits[i] = BitConverter.DoubleToInt64Bits(double.IsNaN(cells[i]) ? double.NaN : cells[i]);
        }

        return bits;
    }

    [Fact]
    public void Cells_come_back_to_the_bit() => Gen.Select(Cells.Array[1, 50], Gen.Int[0, 40]).Sample((cells, first) =>
    {
        var run = CellRun.Of(cells);
        Assert.Equal(Bits(cells), Bits([.. Enumerable.Range(0, cells.Length).Select(i => run[i])]));
        var into = new double[cells.Length - Math.Min(first, cells.Length)];
        run.Read(cells.Length - into.Length, into);
        Assert.Equal(Bits(cells.AsSpan(cells.Length - into.Length)), Bits(into));
    }, iter: 3000, threads: 1);

    [Theory]
    [InlineData(1, 1.0, -127.0, double.NaN)]
    [InlineData(1, 12.7, 0.1, 3.0)]
    [InlineData(2, 1.0, 128.0, double.NaN)]
    [InlineData(4, 3.1415, -2.5, 40000.0)]
    [InlineData(4, 2147483647.0, 1.0, 2.0)]
    [InlineData(8, 2147483648.0, 1.0, 2.0)]
    [InlineData(8, 0.1234567891234, 1.0, 2.0)]
    [InlineData(8, -0.0, 1.0, 2.0)]
    [InlineData(8, 1e-9, 1e9, 2.0)]
    public void They_take_as_few_bytes_as_they_can(int bytes, double a, double b, double c) => Assert.Equal(3 * bytes, CellRun.Of([a, b, c]).Bytes);

    [Fact]
    public void A_column_has_its_cells_over_any_number_of_runs()
    {
        var random = new Random(4);
        double[] cells = [.. Enumerable.Range(0, (2 * CellColumn.RunLength) + 77).Select(i => i % 11 == 0 ? double.NaN : i < CellColumn.RunLength ? random.Next(100) : Math.Round(random.NextDouble(), 4))];
        var column = CellColumn.Of(cells);
        Assert.Equal(cells.Length, column.Count);
        Assert.Equal((CellColumn.RunLength * (1 + 2)) + (77 * 2), column.Bytes); // to 1.0000: 16 bits
        var all = new double[cells.Length];
        column.Read(0, all);
        Assert.Equal(Bits(cells), Bits(all));
        int[] rows = [5, CellColumn.RunLength, 3, cells.Length - 1, CellColumn.RunLength - 1];
        var some = new double[rows.Length];
        column.Read(rows, some);
        Assert.Equal(Bits([.. rows.Select(r => cells[r])]), Bits(some));
        var whole = new int[rows.Length];
        CellColumn.Of(cells.Select(x => double.IsNaN(x) ? x : Math.Floor(x))).ReadWhole(rows, whole);
        Assert.Equal(rows.Select(r => double.IsNaN(cells[r]) ? -1 : (int)cells[r]), whole);
    }
}
