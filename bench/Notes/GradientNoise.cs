using Granary.Jobs;
using Granary.Model.Data;
using Granary.Model.Networks;

/// <summary>How far the mean gradient of a training batch, drawn without replacement as every epoch draws its first, is from that of all.</summary>
internal sealed unsafe class GradientNoise
{
    private readonly GradientPass _pass;
    private readonly FlatTensor _weights;
    private readonly FlatTensor _sum;
    private readonly Examples _examples;
    private readonly int _rows;
    private readonly double[] _all;

    public GradientNoise(Job job, DataFacts facts, Examples examples)
    {
        var shape = ModelShape.Of(job.Model, facts.Shape);
        _pass = new GradientPass(NetworkCatalogue.Create(job.Model, facts.Shape), shape, Precision.Float64, "cpu");
        (_weights, _sum) = (new FlatTensor(shape, Precision.Float64), new FlatTensor(shape, Precision.Float64)); // at zero, where training starts
        (_examples, _rows) = (examples, examples.TrainingRows);
        _all = Mean(0, 0, _rows);
    }

    /// <summary>Over the first batches of so many epochs: the mean of |its mean gradient - that of all|^2.</summary>
    public double Variance(int batch, int draws) => Enumerable.Range(1, draws).Average(epoch => Distance(Mean(epoch, 0, batch)));

    /// <summary>The same for every single example in turn: exact.</summary>
    public double OfOneExample() => Enumerable.Range(0, _rows).Average(i => Distance(Mean(0, i, i + 1)));

    private double Distance(double[] gradient) => gradient.Zip(_all, (a, b) => (a - b) * (a - b)).Sum();

    private double[] Mean(int epoch, int first, int end)
    {
        var found = _pass.Gradient(_weights, () => _examples.Training(epoch, first, end), _sum);
        return [.. new Span<double>(_sum.Data, (int)_sum.Tensor.numel()).ToArray().Select(g => g / found.Weight)];
    }
}
