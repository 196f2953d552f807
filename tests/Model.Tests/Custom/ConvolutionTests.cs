using Granary.Jobs;
using Granary.Model.Data;
using Granary.Model.Kernels;
using Granary.Model.Networks;
using Granary.Model.Training;
using static TorchSharp.torch;

namespace Granary.Model.Tests.Own;

/// <summary>Convolutions of all numbers of channels: libtorch's own choice of kernels has been wrong where 8 does not divide it.</summary>
public sealed unsafe class ConvolutionTests
{
    private const int Examples = 8;
    private static readonly InputShape Input = new(64, 10);

    private static Batch Batch(ScalarType type, int step)
    {
        var random = SeededRandom.For(step, RandomPurpose.InitialWeights, 1, 0);
        var x = Enumerable.Range(0, Examples * Input.Features).Select(_ => (float)((2 * random.NextDouble()) - 1)).ToArray();
        return new Batch(tensor(x, [Examples, Input.Features]).to(type), tensor(Enumerable.Range(0, Examples).Select(i => (long)i).ToArray()), Examples, Examples, 0);
    }

    private static float[] Start(ModelSection model, IReadOnlyList<ParameterShape> shape)
    {
        var start = new float[ModelShape.Weights(shape)];
        ModuleWeights.Fill<float>(new Job(1, "x", model, new DataSection { Format = "csv", Path = "d.csv" }, new TrainingSection { Epochs = 1, Seed = 5 }), Input, start);
        return start;
    }

    private static ModelSection Model(int channels, Precision precision) =>
        Kinds.Model("digits-cnn", ("channels", channels.ToString(System.Globalization.CultureInfo.InvariantCulture))) with { Precision = precision };

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(12)]
    public void Gradients_agree_with_float64_and_training_repeats_itself_to_the_bit(int channels)
    {
        var (model, exact) = (Model(channels, Precision.Float32), Model(channels, Precision.Float64));
        var shape = ModelShape.Of(model, Input);
        var start = Start(model, shape);
        using var weights = new FlatTensor(shape, Precision.Float32);
        using var gradient = new FlatTensor(shape, Precision.Float32);
        using var exactWeights = new FlatTensor(shape, Precision.Float64);
        using var exactGradient = new FlatTensor(shape, Precision.Float64);
        using var pass = new GradientPass(NetworkCatalogue.Create(model, Input), shape, Precision.Float32, "cpu");
        using var exactPass = new GradientPass(NetworkCatalogue.Create(exact, Input), shape, Precision.Float64, "cpu");
        var w = new Span<float>(weights.Data, start.Length);
        var g = new ReadOnlySpan<float>(gradient.Data, start.Length);
        start.CopyTo(w);
        exactWeights.Tensor.copy_(weights.Tensor);
        exactPass.Gradient(exactWeights, () => Batch(ScalarType.Float64, 0), exactGradient);
        string? first = null;
        for (var run = 0; run < 20; run++)
        {
            start.CopyTo(w);
            for (var step = 0; step < 3; step++)
            {
                KernelCase.Poison();
                pass.Gradient(weights, () => Batch(ScalarType.Float32, step), gradient);
                for (var p = 0; step == 0 && p < shape.Count; p++)
                {
                    using var scope = NewDisposeScope();
                    var error = (gradient.Views[p].to(ScalarType.Float64) - exactGradient.Views[p]).norm().item<double>() / exactGradient.Views[p].norm().item<double>();
                    Assert.True(error <= 1e-5, $"{shape[p].Name}: {error}");
                }

                for (var i = 0; i < w.Length; i++)
                {
                    w[i] -= 0.01f * g[i];
                }
            }

            var hash = Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(System.Runtime.InteropServices.MemoryMarshal.AsBytes(w)));
            Assert.Equal(first ??= hash, hash);
        }

        Assert.All(w.ToArray(), n => Assert.True(float.IsFinite(n)));
    }
}
