using Granary.Jobs;
using Granary.Model.Data;
using ScottPlot;
using static TorchSharp.torch;

// Noise falls with batch size: for softmax regression on the digits, at its start, the mean gradient of the first B examples of an
// epoch's permutation is compared with that of all. dotnet run --project bench/Notes -c Release -- docs/plots/noise.png
set_num_threads(1);
const int Draws = 400;
var job = new Job(
    1,
    "noise",
    new ModelSection { Kind = "softmax", Precision = Precision.Float64 },
    new DataSection { Format = "csv", Path = Path.GetFullPath("examples/data/digits.csv"), Label = "label", Standardize = true, Shards = 1 },
    new TrainingSection { Epochs = 1, Batch = 64 });
var (facts, _) = DataCheck.Run(job, 1);
using var examples = ShardData.Read(job, 0).Prepare(facts);
var noise = new GradientNoise(job, facts, examples);
int[] batches = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024];
double[] measured = [.. batches.Select(b => noise.Variance(b, Draws))];
var one = noise.OfOneExample();
double[] expected = [.. batches.Select(b => one / b * (examples.TrainingRows - b) / (examples.TrainingRows - 1))];
for (var i = 0; i < batches.Length; i++)
{
    Console.WriteLine(FormattableString.Invariant($"{batches[i],5} {measured[i],12:F5} {expected[i],12:F5}"));
}

using var plot = new Plot();
plot.Add.ScatterPoints(batches.Select(b => Math.Log2(b)).ToArray(), measured.Select(Math.Log10).ToArray()).LegendText = $"measured over {Draws} draws";
plot.Add.ScatterLine(batches.Select(b => Math.Log2(b)).ToArray(), expected.Select(Math.Log10).ToArray()).LegendText = "σ² / B · (N - B) / (N - 1), σ² of one example";
plot.Axes.Bottom.TickGenerator = new ScottPlot.TickGenerators.NumericManual(
    [.. batches.Select(b => new Tick(Math.Log2(b), b.ToString(System.Globalization.CultureInfo.InvariantCulture)))]);
plot.Axes.Left.TickGenerator = new ScottPlot.TickGenerators.NumericManual(
    [.. new[] { 0.01, 0.1, 1, 10, 100 }.Select(v => new Tick(Math.Log10(v), v.ToString(System.Globalization.CultureInfo.InvariantCulture)))]);
plot.Title("Noise of a batch's gradient (digits, softmax regression)");
plot.XLabel("B, examples in the batch");
plot.YLabel("E |mean gradient - gradient of all|²");
plot.ShowLegend(Alignment.UpperRight);
plot.SavePng(args[0], 800, 500);
