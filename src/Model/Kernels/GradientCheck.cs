using System.Globalization;
using Granary.Jobs;
using Granary.Model.Data;
using Granary.Model.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace Granary.Model.Kernels;

/// <summary>What a check of a job's gradients has found.</summary>
/// <param name="RelativeError">The largest relative error of a parameter's gradient in float32; null: nothing could be compared.</param>
/// <param name="Parameter">Whose it is.</param>
/// <param name="Skipped">Why nothing could be compared.</param>
public sealed record GradientFigure(double? RelativeError, string? Parameter, string? Skipped)
{
    /// <summary>Nothing could be compared.</summary>
    public static GradientFigure Without(string reason) => new(null, null, reason);
}

/// <summary>
/// Compares the gradient of a few of a job's examples in float32 with float64, so that a job on wrong kernels ends before its first step. What float64 computes
/// with is other code, in libtorch as in a model of one's own.
/// </summary>
/// <remarks>
/// Usually it is one pass each. Where they differ by more than rounding usually does, it looks closer: what the float64 gradient does when weights and inputs
/// change by a rounding, and how large it is for wrong targets, are what rounding explains besides (an example that is learnt has a gradient of nothing but
/// rounding). And it takes other examples: a relu or a pooling may decide otherwise by a rounding, but not in two of three sets. NaN or infinity beside a
/// finite float64 gradient needs no closer look.
/// </remarks>
public sealed unsafe class GradientCheck : IDisposable
{
    private const int Sets = 3;
    private const int SuspectSets = 2;
    private const double Rounding = 1.0 / (1 << 24);
    private const double RoundingsInARow = 32; // a sum of many terms rounds often, and every layer does
    private const double ShareOfOtherTargets = 1e-4;

    private readonly IReadOnlyList<ParameterShape> _shape;
    private readonly int _weights;
    private readonly long _targets;
    private readonly GradientPass _tested;
    private readonly GradientPass _exact;
    private readonly FlatTensor _exactWeights;
    private readonly FlatTensor _testedGradient;
    private readonly FlatTensor _exactGradient;

    private GradientCheck(ModelSection model, InputShape input, IReadOnlyList<ParameterShape> shape, string device)
    {
        (_shape, _weights) = (shape, checked((int)ModelShape.Weights(shape)));
        _targets = ModelKinds.Of(model).Targets(model, input);
        _tested = new GradientPass(NetworkCatalogue.Create(model, input), shape, Precision.Float32, device);
        _exact = new GradientPass(NetworkCatalogue.Create(model with { Precision = Precision.Float64 }, input), shape, Precision.Float64, "cpu");
        _exactWeights = new FlatTensor(shape, Precision.Float64);
        _exactGradient = new FlatTensor(shape, Precision.Float64);
        _testedGradient = new FlatTensor(shape, Precision.Float32);
    }

    /// <summary>Compares them.</summary>
    /// <param name="model">The model; what computes in float64 needs no check.</param>
    /// <param name="input">What the data says about its ends.</param>
    /// <param name="shape">Its parameters.</param>
    /// <param name="device">"cpu" or "cuda:N".</param>
    /// <param name="weights">The weights; they do not change.</param>
    /// <param name="gather">Gathers one of some sets of examples, from 0 on, as for training.</param>
    /// <exception cref="JobException">They differ by more than rounding explains.</exception>
    public static GradientFigure Run(
        ModelSection model, InputShape input, IReadOnlyList<ParameterShape> shape, string device, FlatTensor weights, Func<int, Batch> gather)
    {
        if (model.Precision == Precision.Float64)
        {
            return GradientFigure.Without("the job computes in float64");
        }

        if (!ModelKinds.IsBuiltIn(model.Kind) && UnguardedCalls.Exist())
        {
            return GradientFigure.Without("the program calls matmul, which would end the process if a constant in it is float32 (mm, bmm and linear do not)");
        }

        // Weights and gradient in float64 and a gradient in float32, and three gradients more in float64 where it looks closer.
        var bytes = ModelShape.Weights(shape) * ((5 * sizeof(double)) + sizeof(float));
        if (ModelShape.Weights(shape) > int.MaxValue / sizeof(double) || !FreeMemory.HasRoomFor(bytes))
        {
            return GradientFigure.Without("there is no memory for the model in float64");
        }

        using var check = new GradientCheck(model, input, shape, device);
        return check.Compare(weights, gather);
    }

    private GradientFigure Compare(FlatTensor weights, Func<int, Batch> gather)
    {
        GradientFigure? figure = null;
        var suspects = new List<GradientComparison.Finding>();
        for (var set = 0; set < Sets && suspects.Count < SuspectSets && (set == 0 || suspects.Count > 0); set++)
        {
            KernelCase.Poison();
            var tested = _tested.Gradient(weights, () => gather(set), _testedGradient);
            if (!double.IsFinite(tested.LossSum))
            {
                return figure ?? GradientFigure.Without("the loss is not finite"); // the first step says so
            }

            _exactWeights.Tensor.copy_(weights.Tensor);
            try
            {
                _exact.Gradient(_exactWeights, () => InFloat64(gather(set)), _exactGradient);
            }
            catch (Exception e) when (e is not JobException)
            {
                return GradientFigure.Without($"the model cannot compute in float64: {e.Message.Split('\n')[0]}");
            }

            if (GradientComparison.Worst(_shape, Tested, Exact(_exactGradient)) is not { } found)
            {
                return figure ?? GradientFigure.Without("the gradient is beyond what float32 can hold");
            }

            if (found.IsNoNumber)
            {
                throw Wrong(found); // neither rounding nor a relu makes that of a finite gradient
            }

            figure ??= new GradientFigure(found.Error, _shape[found.Parameter].Name, null);
            if (found.IsSuspect && Closer(weights, () => gather(set)) is { IsSuspect: true } sure)
            {
                suspects.Add(sure);
            }
        }

        return suspects.Count >= SuspectSets ? throw Wrong(suspects[0]) : figure!;
    }

    // As above, without what rounding explains.
    private GradientComparison.Finding? Closer(FlatTensor weights, Func<Batch> gather)
    {
        using var right = new FlatTensor(_shape, Precision.Float64);
        using var other = new FlatTensor(_shape, Precision.Float64);
        right.Tensor.copy_(_exactGradient.Tensor);
        var slack = new double[_shape.Count];
        _exact.Gradient(_exactWeights, () => InFloat64(gather(), otherTargets: true), other);
        var norms = GradientComparison.Norms(_shape, Exact(other));
        var all = Math.Sqrt(norms.Sum(n => n * n));
        for (var p = 0; p < slack.Length; p++)
        {
            slack[p] = ShareOfOtherTargets * (norms[p] + all);
        }

        Shift(_exactWeights);
        _exact.Gradient(_exactWeights, () => InFloat64(gather(), shifted: true), other);
        Subtract(other, right);
        norms = GradientComparison.Norms(_shape, Exact(other));
        for (var p = 0; p < slack.Length; p++)
        {
            slack[p] += RoundingsInARow * norms[p];
        }

        _exactWeights.Tensor.copy_(weights.Tensor);
        return GradientComparison.Worst(_shape, Tested, Exact(right), slack);
    }

    private static void Shift(FlatTensor weights)
    {
        var numbers = new Span<double>(weights.Data, checked((int)weights.Tensor.numel()));
        for (var i = 0; i < numbers.Length; i++)
        {
            numbers[i] *= 1 + (Rounding * Sign(i));
        }
    }

    private static void Subtract(FlatTensor from, FlatTensor what)
    {
        var length = checked((int)from.Tensor.numel());
        var numbers = new Span<double>(from.Data, length);
        var subtracted = new ReadOnlySpan<double>(what.Data, length);
        for (var i = 0; i < length; i++)
        {
            numbers[i] -= subtracted[i];
        }
    }

    private static double Sign(int i) => (((uint)i * 2654435761u) >> 31) == 0 ? 1 : -1;

    // The class, the token, or the place among the candidates, that comes next.
    private Tensor Others(Tensor targets)
    {
        using Scalar all = _targets;
        return targets.add(HeldScalars.One, HeldScalars.One).remainder(all);
    }

    // Inputs are float32 numbers, or ids.
    private Batch InFloat64(Batch batch, bool otherTargets = false, bool shifted = false)
    {
        var inputs = batch.Inputs;
        if (inputs.is_floating_point())
        {
            inputs = inputs.to(ScalarType.Float64);
            if (shifted)
            {
                var signs = empty(inputs.shape, ScalarType.Float64);
                var numbers = System.Runtime.InteropServices.MemoryMarshal.Cast<byte, double>(signs.bytes);
                for (var i = 0; i < numbers.Length; i++)
                {
                    numbers[i] = 1 + (Rounding * Sign(i));
                }

                inputs = inputs * signs;
            }
        }

        return batch with { Inputs = inputs, Targets = otherTargets ? Others(batch.Targets) : batch.Targets, Weights = batch.Weights?.to(ScalarType.Float64) };
    }

    private JobException Wrong(GradientComparison.Finding found) => new(string.Create(
        CultureInfo.InvariantCulture,
        $"the gradient of {_shape[found.Parameter].Name} is wrong in float32: {Difference(found)}. Either the model computes something else in float32, or libtorch's kernels are wrong on this machine. "
        + $"Set model.precision: float64, start the silo with ONEDNN_MAX_CPU_ISA=SSE41, or use another machine."));

    private static string Difference(GradientComparison.Finding found) => found.IsNoNumber
        ? string.Create(CultureInfo.InvariantCulture, $"it has numbers that are NaN or infinite, where float64 has finite ones of norm {found.Exact:G4}")
        : string.Create(
            CultureInfo.InvariantCulture,
            $"its norm is {found.Norm:G4}, and {found.Exact:G4} in float64, a relative error of {found.Error:G2}, where rounding explains 0.01 at most");

    private ReadOnlySpan<float> Tested => new(_testedGradient.Data, _weights);

    private ReadOnlySpan<double> Exact(FlatTensor gradient) => new(gradient.Data, _weights);

    /// <inheritdoc/>
    public void Dispose()
    {
        _tested.Dispose();
        _exact.Dispose();
        _exactWeights.Dispose();
        _exactGradient.Dispose();
        _testedGradient.Dispose();
    }
}
