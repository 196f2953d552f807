using Granary.Jobs;
using Granary.Model.Data;
using static TorchSharp.torch;

namespace Granary.Model.Networks;

/// <summary>What a gradient pass found out besides the gradient.</summary>
/// <param name="Examples">Examples in the batch.</param>
/// <param name="Weight">Sum of their weights.</param>
/// <param name="LossSum">Sum of their weighted losses.</param>
/// <param name="Digest">Of the rows gathered.</param>
public readonly record struct GradientResult(int Examples, double Weight, double LossSum, ulong Digest);

/// <summary>What an evaluation pass found.</summary>
/// <param name="Weight">Sum of the examples' weights.</param>
/// <param name="LossSum">Sum of their weighted losses.</param>
/// <param name="Correct">Right predictions.</param>
/// <param name="Predictions">Predictions made: one per target.</param>
public readonly record struct EvaluationResult(double Weight, double LossSum, long Correct, long Predictions)
{
    /// <summary>Sum of the rows' own weights (data.weight); null while every row weighs 1.</summary>
    public double? RowWeight { get; init; }

    /// <summary>Likewise: that of the rows whose predictions are right.</summary>
    public double? RightWeight { get; init; }

    /// <summary>Where numbers are predicted: how far they are from the targets, in the targets' units; null otherwise.</summary>
    public NumberErrors? Numbers { get; init; }
}

/// <summary>
/// One compute thread's way from weights and a batch to the sum of the examples' gradients. Dispose scopes and grad mode
/// belong to a thread, so an instance is used by one thread at a time and never across an await. On a CUDA device the
/// weights are copied there once per version and the gradient back once per pass; the exchange is the same.
/// </summary>
public sealed class GradientPass : IDisposable
{
    private readonly INetwork _network;
    private readonly Device _device;
    private readonly FlatTensor? _onDevice;
    private readonly bool[]? _trained;
    private readonly Dictionary<FlatTensor, Tensor[]> _leaves = [];

    /// <param name="network">The network.</param>
    /// <param name="shape">Its parameters.</param>
    /// <param name="precision">Its numbers.</param>
    /// <param name="device">"cpu" or "cuda:N".</param>
    /// <param name="trained">Which parameters are trained: the gradient of the others is 0, and nothing is computed for it. Null: all are.</param>
    public GradientPass(INetwork network, IReadOnlyList<ParameterShape> shape, Precision precision, string device, bool[]? trained = null)
    {
        _trained = trained;
        _network = network;
        _device = DeviceOf(device);
        _onDevice = _device.type == TorchSharp.DeviceType.CPU ? null : new FlatTensor(shape, precision, _device);
    }

    private static Device DeviceOf(string name) => name == "cpu" ? CPU : device(name);

    /// <summary>Writes the weighted sum over the batch of the per-example gradients into <paramref name="gradient"/>.</summary>
    /// <param name="weights">The weights, in host memory.</param>
    /// <param name="gather">Gathers the batch; its tensors live as long as the pass.</param>
    /// <param name="gradient">Receives the gradient, in host memory; every number of it is written. After an exception it may hold anything.</param>
    /// <param name="adds">Adds the gradient to what is there instead, from the right.</param>
    /// <param name="finalFrom">Told, while the pass goes on and as long as the loss is finite, from which number on the gradient has been
    /// written (and of the sum of the examples' weights); null: nobody asks, and the pass is not interrupted for it. The gradient is the same to the bit.</param>
    /// <param name="earlier">The sum of passes before this one that belong to the same gradient, which goes to them first; null: there were none.
    /// It is used up.</param>
    public GradientResult Gradient(
        FlatTensor weights, Func<Batch> gather, FlatTensor gradient, bool adds = false, Action<double, long>? finalFrom = null, FlatTensor? earlier = null)
    {
        using var scope = NewDisposeScope();
        var leaves = Leaves(weights);
        var batch = Gathered(gather);
        if (batch.Rows is not null)
        {
            return LinearGradient(leaves, batch, weights, gradient, adds, earlier);
        }

        var cuts = finalFrom is null ? null : new BackwardCuts();
        using var loss = LossSum(
            _network.Outputs(leaves, OnDevice(batch.Inputs), batch.Place, cuts), OnDevice(batch.Targets), batch.Weights);
        if (cuts is null)
        {
            loss.backward();
            Take(leaves, 0, leaves.Length, gradient, adds, earlier);
        }
        else
        {
            Backward(loss, cuts, leaves, (gradient, adds, earlier), batch.Weight, finalFrom!);
        }

        return new GradientResult(batch.Count, batch.Weight, Number(loss), batch.Digest);
    }

    // Torch has the loss, and the table's rows what is linear: W x + b, and the gradient by W and b.
    private GradientResult LinearGradient(Tensor[] leaves, in Batch batch, FlatTensor weights, FlatTensor gradient, bool adds, FlatTensor? earlier)
    {
        var outputs = batch.Rows!.Outputs(weights).requires_grad_();
        using var loss = LossSum(outputs, batch.Targets, batch.Weights);
        loss.backward();
        using (no_grad())
        {
            using var slopes = outputs.grad!;
            var (byWeights, byBias) = batch.Rows.Gradient(slopes);
            (leaves[0].grad, leaves[1].grad) = (_trained?[0] == false ? null : byWeights, _trained?[1] == false ? null : byBias);
        }

        Take(leaves, 0, leaves.Length, gradient, adds, earlier);
        return new(batch.Count, batch.Weight, Number(loss), batch.Digest);
    }

    // On a device of its own there are inputs always.
    private Batch Gathered(Func<Batch> gather) => _onDevice is null ? gather() : gather().WrittenOut();

    private Tensor Outputs(FlatTensor weights, in Batch batch) =>
        batch.Rows is { } rows ? rows.Outputs(weights) : _network.Outputs(Leaves(weights), OnDevice(batch.Inputs));

    private static void Backward(
        Tensor loss, BackwardCuts cuts, Tensor[] leaves, (FlatTensor Gradient, bool Adds, FlatTensor? Earlier) into, double weight, Action<double, long> finalFrom)
    {
        var finite = double.IsFinite(Number(loss));
        var end = leaves.Length;
        cuts.Backward(loss, first =>
        {
            Take(leaves, first, end, into.Gradient, into.Adds, into.Earlier);
            end = first;
            if (finite)
            {
                finalFrom(weight, into.Gradient.Start(first));
            }
        });
        Take(leaves, 0, end, into.Gradient, into.Adds, into.Earlier);
    }

    private static double Number(Tensor scalar) => scalar.to(ScalarType.Float64).item<double>();

    // Copying what autograd made is one pass less over the gradients than letting it add to zeros.
    private static void Take(Tensor[] leaves, int first, int end, FlatTensor gradient, bool adds, FlatTensor? earlier)
    {
        if (earlier is not null)
        {
            TakeSum(leaves, first, end, gradient, adds, earlier);
            return;
        }

        using var mode = no_grad();
        for (var i = first; i < end; i++)
        {
            using var made = leaves[i].grad;
            if (!adds)
            {
                _ = made is null ? gradient.Views[i].zero_() : gradient.Views[i].copy_(made);
            }
            else
            {
                using var term = made?.cpu() ?? zeros_like(gradient.Views[i]); // -0 + 0 is 0: adding nothing would leave -0
                gradient.Views[i].add_(term, HeldScalars.One);
            }

            if (made is not null)
            {
                leaves[i].grad = null;
            }
        }
    }

    // The passes of one shard come together before they meet another shard's, wherever that one is computed.
    private static void TakeSum(Tensor[] leaves, int first, int end, FlatTensor gradient, bool adds, FlatTensor earlier)
    {
        using var mode = no_grad();
        for (var i = first; i < end; i++)
        {
            using var made = leaves[i].grad;
            var sum = earlier.Views[i];
            if (made is not null)
            {
                using var term = made.cpu();
                sum.add_(term, HeldScalars.One);
                leaves[i].grad = null;
            }

            _ = adds ? gradient.Views[i].add_(sum, HeldScalars.One) : gradient.Views[i].copy_(sum);
        }
    }

    /// <summary>Losses and right predictions of a batch, without gradients.</summary>
    public EvaluationResult Evaluate(FlatTensor weights, Func<Batch> gather)
    {
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        var batch = Gathered(gather);
        var targets = OnDevice(batch.Targets);
        var outputs = Outputs(weights, batch);
        var loss = Number(LossSum(outputs, targets, batch.Weights));
        var numbers = _network.Numbers(outputs);
        return new EvaluationResult(batch.Weight, loss, _network.Correct(outputs, targets).item<long>(), _network.GivesLabels ? batch.Count : targets.numel())
        {
            Numbers = numbers is not null ? NumberErrors.Of(Doubles(numbers), Doubles(targets), batch.RowWeights) : null,
            RowWeight = batch.RowWeights?.Sum(),
            RightWeight = batch.RowWeights is { } own && numbers is null ? Sum(own, _network.Right(outputs, targets)) : null,
        };
    }

    /// <summary>What the network makes of a batch, for what tells classes apart.</summary>
    /// <returns>Its probabilities or outputs, row by row; the true class of each row, or of each row and label 1 or 0; what each row weighs by itself, null: 1.</returns>
    public (double[] Outputs, long[] Truths, double[]? Weights) Predict(FlatTensor weights, Func<Batch> gather)
    {
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        var batch = Gathered(gather);
        var outputs = _network.Probabilities(Outputs(weights, batch));
        return (Doubles(outputs.flatten()), batch.Targets.to(ScalarType.Int64).data<long>().ToArray(), batch.RowWeights);
    }

    private static double Sum(double[] weights, Tensor right)
    {
        var (sum, isRight) = (0.0, right.cpu().data<long>().ToArray());
        for (var b = 0; b < weights.Length; b++)
        {
            sum += isRight[b] * weights[b];
        }

        return sum;
    }

    private static double[] Doubles(Tensor numbers) => numbers.to(ScalarType.Float64).cpu().data<double>().ToArray();

    private Tensor LossSum(Tensor outputs, Tensor targets, Tensor? weights) => weights is null
        ? _network.LossSum(outputs, targets)
        : _network.Losses(outputs, targets).dot(OnDevice(weights)); // [B] [B] -> scalar

    private Tensor OnDevice(Tensor tensor) => _onDevice is null ? tensor : tensor.to(_device);

    private Tensor[] Leaves(FlatTensor weights)
    {
        var source = weights;
        if (_onDevice is not null)
        {
            using var mode = no_grad();
            _onDevice.Tensor.copy_(weights.Tensor);
            source = _onDevice;
        }

        if (!_leaves.TryGetValue(source, out var leaves))
        {
            leaves = _network.Leaves(source);
            for (var i = 0; i < leaves.Length; i++)
            {
                if (_trained?[i] == false)
                {
                    leaves[i].requires_grad_(false);
                }
            }

            _leaves.Add(source, leaves);
        }

        return leaves;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var leaf in _leaves.Values.SelectMany(l => l))
        {
            leaf.Dispose();
        }

        _onDevice?.Dispose();
    }
}
