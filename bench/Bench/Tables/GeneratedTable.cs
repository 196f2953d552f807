using System.Globalization;
using static TorchSharp.torch;

namespace Granary.Bench.Tables;

/// <summary>A CSV file of 50 features and a label that follows a logistic law, with the optimum known by Newton's method in float64:
/// all sides are judged by the same table.</summary>
internal sealed class GeneratedTable : IDisposable
{
    public const int Rows = 400_000;
    public const int Features = 50;
    private const int NewtonSteps = 10;

    private readonly Tensor _rows; // [n, d + 1], the last column is 1
    private readonly Tensor _labels; // [n]

    private GeneratedTable(string path, Tensor rows, Tensor labels)
    {
        (Path, _rows, _labels) = (path, rows, labels);
        Optimum = Loss(Newton());
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>The lowest mean log-loss that a logistic model can have on it.</summary>
    public double Optimum { get; }

    /// <summary>Writes it into a folder of its own.</summary>
    public static GeneratedTable Write(string folder)
    {
        var path = System.IO.Path.Combine(Directory.CreateDirectory(folder).FullName, "table.csv");
        var random = new Random(1);
        var truth = Enumerable.Range(0, Features).Select(_ => 0.5 * Normal(random)).ToArray();
        var rows = new double[Rows * (Features + 1)];
        var labels = new double[Rows];
        using (var file = new StreamWriter(path, append: false, System.Text.Encoding.ASCII, 1 << 20))
        {
            file.Write(string.Join(',', Enumerable.Range(0, Features).Select(f => string.Create(CultureInfo.InvariantCulture, $"f{f}"))) + ",label\n");
            for (var i = 0; i < Rows; i++)
            {
                var odds = 0.0;
                var row = rows.AsSpan(i * (Features + 1), Features + 1);
                for (var f = 0; f < Features; f++)
                {
                    row[f] = Math.Round(Normal(random), 5);
                    odds += truth[f] * row[f];
                    file.Write(row[f].ToString(CultureInfo.InvariantCulture));
                    file.Write(',');
                }

                row[Features] = 1;
                labels[i] = random.NextDouble() < 1 / (1 + Math.Exp(-odds)) ? 1 : 0;
                file.Write(labels[i] == 1 ? "1\n" : "0\n");
            }
        }

        return new GeneratedTable(path, tensor(rows, [Rows, Features + 1]), tensor(labels));
    }

    // Box and Muller, 1958.
    private static double Normal(Random random) => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

    /// <summary>The mean log-loss of a model on it.</summary>
    /// <param name="model">A coefficient per feature, then the intercept.</param>
    public double Loss(double[] model)
    {
        using var scope = NewDisposeScope();
        return nn.functional.binary_cross_entropy_with_logits(_rows.mv(tensor(model)), _labels).item<double>();
    }

    private double[] Newton()
    {
        using var scope = NewDisposeScope();
        var model = zeros(Features + 1, ScalarType.Float64);
        for (var i = 0; i < NewtonSteps; i++)
        {
            var p = _rows.mv(model).sigmoid();
            var gradient = _rows.t().mv(p - _labels);
            var hessian = _rows.t().mm(_rows * (p * (1 - p)).unsqueeze(1));
            model = model - linalg.solve(hessian, gradient);
        }

        return model.data<double>().ToArray();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _rows.Dispose();
        _labels.Dispose();
    }
}
