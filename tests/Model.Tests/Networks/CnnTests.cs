using Granary.Jobs;
using Granary.Model.Data;
using Granary.Model.Kernels;
using Granary.Model.Networks;
using Granary.Model.Training;
using static TorchSharp.torch;

namespace Granary.Model.Tests.Networks;

/// <summary>The convolutional network against its formula, finite differences and float64, for numbers of channels for which libtorch's own convolutions have been wrong.</summary>
public unsafe class CnnTests
{
    private const int Rows = 3;

    public static TheoryData<int> Channels => [1, 2, 3, 4, 5, 8, 12];

    private static ModelSection Model(Activation activation = Activation.Tanh, Precision precision = Precision.Float64, params int[] channels) =>
        new() { Kind = "cnn", Channels = channels, Hidden = [4], Activation = activation, Precision = precision };

    private static InputShape Images(int channels, int height, int width, int classes = 3) => new(channels * height * width, classes) { Image = new ImageSize(channels, height, width) };

    private static Func<Batch> Batch(InputShape input, ScalarType type, Func<int, Tensor>? targets = null) => () =>
    {
        var random = SeededRandom.For(input.Features, RandomPurpose.Validation, 0, 0);
        var x = Enumerable.Range(0, Rows * input.Features).Select(_ => (float)((2 * random.NextDouble()) - 1)).ToArray();
        return new Batch(tensor(x, [Rows, input.Features]).to(type), targets?.Invoke(Rows) ?? tensor(Enumerable.Range(0, Rows).Select(i => (long)(i % input.Classes)).ToArray()), Rows, Rows, 0);
    };

    [Theory]
    [MemberData(nameof(Channels))]
    public void A_convolution_is_the_sum_over_the_neighbourhood(int channels)
    {
        const int batch = 2, filters = 3, height = 4, width = 5;
        using var scope = NewDisposeScope();
        var (x, w, b) = (rand([batch, channels, height, width], ScalarType.Float64), rand([filters, channels, 3, 3], ScalarType.Float64), rand(filters, ScalarType.Float64));
        var (xs, ws, bs) = (x.data<double>().ToArray(), w.data<double>().ToArray(), b.data<double>().ToArray());
        var made = Convolution.Of(x, w, b).contiguous().data<double>().ToArray();
        foreach (var (at, value) in made.Index())
        {
            var (n, o, row, column) = (at / (filters * height * width), at / (height * width) % filters, at / width % height, at % width);
            var sum = bs[o];
            for (var c = 0; c < channels; c++)
            {
                for (var (i, j) = (0, 0); i < 3; (i, j) = j == 2 ? (i + 1, 0) : (i, j + 1))
                {
                    var (h, v) = (row + i - 1, column + j - 1);
                    sum += h is >= 0 and < height && v is >= 0 and < width ? ws[(((o * channels) + c) * 9) + (3 * i) + j] * xs[(((((n * channels) + c) * height) + h) * width) + v] : 0;
                }
            }

            Assert.Equal(sum, value, 1e-12);
        }
    }

    [Fact]
    public void A_large_batch_without_a_gradient_goes_through_in_parts_and_gives_the_same()
    {
        using var scope = NewDisposeScope();
        var (x, w, b) = (rand([1300, 3, 32, 16], ScalarType.Float32), rand([2, 3, 3, 3], ScalarType.Float32), rand(2, ScalarType.Float32)); // more than one part: 27 x 512 numbers each
        var whole = Convolution.Of(x, w, b);
        using var mode = no_grad();
        var parts = Convolution.Of(x, w, b);
        Assert.Equal(whole.shape, parts.shape);
        Assert.True((whole - parts).abs().max().item<float>() <= 1e-5f);
    }

    [Theory]
    [MemberData(nameof(Channels))]
    public void Gradients_are_the_finite_differences(int channels)
    {
        var (model, input) = (Model(channels: [3, channels]), Images(channels, 4, 5));
        FiniteDifference.Check(NetworkCatalogue.Create(model, input), ModelShape.Of(model, input), Batch(input, ScalarType.Float64));
    }

    [Fact]
    public void So_they_are_with_relu_odd_sides_numbers_and_labels()
    {
        var relu = Model(Activation.Relu, channels: [4, 3]);
        FiniteDifference.Check(NetworkCatalogue.Create(relu, Images(2, 7, 5)), ModelShape.Of(relu, Images(2, 7, 5)), Batch(Images(2, 7, 5), ScalarType.Float64));
        var (numbers, one) = (relu with { Loss = Loss.SquaredError, Activation = Activation.Gelu }, Images(1, 4, 4, classes: 0));
        FiniteDifference.Check(NetworkCatalogue.Create(numbers, one), ModelShape.Of(numbers, one), Batch(one, ScalarType.Float64, n => tensor(Enumerable.Range(0, n).Select(i => 0.5 * i).ToArray())));
        var labels = Images(3, 4, 4) with { IsMultiLabel = true };
        FiniteDifference.Check(NetworkCatalogue.Create(relu, labels), ModelShape.Of(relu, labels), Batch(labels, ScalarType.Float64, n => eye(n, 3, ScalarType.Float64)));
    }

    // As ConvolutionTests does of torch's own convolutions, which this one does without.
    [Theory]
    [MemberData(nameof(Channels))]
    public void Float32_agrees_with_float64_and_repeats_itself_to_the_bit(int channels)
    {
        var (model, exact, input) = (Model(Activation.Relu, Precision.Float32, 2 * channels, channels), Model(Activation.Relu, Precision.Float64, 2 * channels, channels), Images(channels, 8, 8));
        var shape = ModelShape.Of(model, input);
        using var weights = new FlatTensor(shape, Precision.Float32);
        using var gradient = new FlatTensor(shape, Precision.Float32);
        using var exactWeights = new FlatTensor(shape, Precision.Float64);
        using var exactGradient = new FlatTensor(shape, Precision.Float64);
        using var pass = new GradientPass(NetworkCatalogue.Create(model, input), shape, Precision.Float32, "cpu");
        using var exactPass = new GradientPass(NetworkCatalogue.Create(exact, input), shape, Precision.Float64, "cpu");
        InitialWeights.Fill(shape, 5, new Span<float>(weights.Data, (int)ModelShape.Weights(shape)));
        exactWeights.Tensor.copy_(weights.Tensor);
        exactPass.Gradient(exactWeights, Batch(input, ScalarType.Float64), exactGradient);
        string? first = null;
        for (var run = 0; run < 20; run++)
        {
            KernelCase.Poison();
            pass.Gradient(weights, Batch(input, ScalarType.Float32), gradient);
            for (var p = 0; p < shape.Count; p++)
            {
                using var scope = NewDisposeScope();
                var error = (gradient.Views[p].to(ScalarType.Float64) - exactGradient.Views[p]).norm().item<double>() / exactGradient.Views[p].norm().item<double>();
                Assert.True(error <= 1e-5, $"{shape[p].Name}: {error}");
            }

            var hash = Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(new ReadOnlySpan<byte>(gradient.Data, 4 * (int)ModelShape.Weights(shape))));
            Assert.Equal(first ??= hash, hash);
        }
    }

    [Fact]
    public void Parameters_are_those_of_pytorch_s_layers()
    {
        var shape = ModelShape.Of(new ModelSection { Kind = "cnn", Hidden = [64] }, Images(1, 28, 28, 10));
        Assert.Equal(
            [
                "convolutions.0.weight [16, 1, 3, 3]", "convolutions.0.bias [16]", "convolutions.1.weight [32, 16, 3, 3]", "convolutions.1.bias [32]",
                "layers.0.weight [64, 1568]", "layers.0.bias [64]", "layers.1.weight [10, 64]", "layers.1.bias [10]",
            ],
            shape.Select(p => $"{p.Name} [{string.Join(", ", p.Dims)}]"));
        Assert.All(shape.Take(4).Zip([1 / 3.0, 1 / 3.0, 1 / 12.0, 1 / 12.0]), p => Assert.Equal(p.Second, p.First.Scale, 1e-12)); // 1 / sqrt(9 C)
        Assert.Equal(shape.Select(p => p.Dims.Count > 1), shape.Select(p => p.Decays));
    }

    [Fact]
    public void An_example_s_operations_are_counted_by_pixel()
    {
        // 28 x 28 x 9 x 16, without a gradient of the pixels; 14 x 14 x 9 x 16 x 32; 7 x 7 x 32 x 10.
        var expected = (4.0 * 28 * 28 * 9 * 16) + (6.0 * 14 * 14 * 9 * 16 * 32) + (6.0 * 7 * 7 * 32 * 10);
        Assert.Equal(expected, ModelWork.FlopsPerExample(new ModelSection { Kind = "cnn" }, Images(1, 28, 28, 10)));
    }

    [Theory]
    [InlineData(1, 8, "of 8 x 8 pixels 3 leave 1 x 1: set model.channels to 3 or fewer, or make the images larger.")]
    [InlineData(0, 64, "the model takes images [channels, height, width], but an example of this data is 64 numbers in a row: set data.format to images, or to idx")]
    public void Images_that_do_not_fit_are_refused(int channels, int side, string message)
    {
        var input = channels == 0 ? new InputShape(side, 3) : Images(channels, side, side);
        Assert.Contains(message, Assert.Throws<JobException>(() => ModelShape.Of(Model(channels: [2, 2, 2, 2]), input)).Message, StringComparison.Ordinal);
    }
}
