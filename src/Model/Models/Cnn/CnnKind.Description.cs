using System.Globalization;
using Granary.Jobs;

namespace Granary.BuiltIn;

/// <summary>A small convolutional network of images [C, H, W]: convolutions of 3 x 3 pixels, an activation and a pooling of 2 x 2 pixels after each, then the
/// layers of a multi-layer perceptron. Weights and biases start uniform on +-1/sqrt(numbers that go into one output), as PyTorch's do.</summary>
internal sealed class CnnKind : ModelDescription
{
    private const int Kernel = 3 * 3;
    private const int MostConvolutions = 100; // each halves the image

    /// <inheritdoc/>
    public override string Kind => "cnn";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Keys => ["channels", "hidden", "activation", "loss"];

    /// <inheritdoc/>
    public override string BesidesMatrices => "With biases";

    /// <inheritdoc/>
    public override LearnedTarget Learns(ModelSection model) => model.Loss == Loss.CrossEntropy ? LearnedTarget.Class : LearnedTarget.Number;

    /// <inheritdoc/>
    public override bool LearnsLabels(ModelSection model) => model.Loss == Loss.CrossEntropy;

    /// <inheritdoc/>
    public override (string Key, string Message)? Broken(ModelSection model) => model.Filters().Count > 0 ? null
        : ("channels", "model.channels is empty, but a cnn has one convolution at least: name the filters of each, such as [16, 32], or set model.kind to mlp.");

    /// <inheritdoc/>
    public override string? Forged(ModelSection model, int tensors) =>
        model.Filters().Count is < 1 or > MostConvolutions || 2 * (model.Filters().Count + model.Hidden.Count + 1) > tensors || model.Filters().Any(f => f < 1)
            ? $"{Plural.Of(model.Filters().Count, "convolution")} and {Plural.Of(model.Hidden.Count, "hidden layer")} are no model of {Plural.Of(tensors, "tensor")}"
            : null;

    /// <inheritdoc/>
    public override IReadOnlyList<ParameterShape> Shape(ModelSection model, InputShape input)
    {
        var (shape, image) = (new List<ParameterShape>(), input.RequireImage());
        foreach (var next in Sizes(model, image).Skip(1))
        {
            Add(shape, $"convolutions.{Number(shape.Count / 2)}", [next.Channels, image.Channels, 3, 3], [Axis.Unnamed, Axis.Unnamed, Axis.Unnamed, Axis.Unnamed]);
            image = next;
        }

        var width = image.Numbers <= int.MaxValue ? (int)image.Numbers : throw new JobException(
            $"model.channels ends with {image.Channels} filters, which give {image.Numbers} numbers of an image of {input.Image}: there may be {int.MaxValue}. Set fewer filters, or data.height and data.width to less.");
        for (var i = 0; i <= model.Hidden.Count; i++)
        {
            var isLast = i == model.Hidden.Count;
            var next = isLast ? input.Outputs : model.Hidden[i];
            Add(shape, $"layers.{Number(i)}", [next, width], [isLast && !input.IsNumber ? Axis.Class : Axis.Unnamed, Axis.Unnamed]);
            width = next;
        }

        return shape;
    }

    // A kernel is used at every pixel of its layer; the first layer's inputs, the pixels, have no gradient.

    /// <inheritdoc/>
    public override double? FlopsPerExample(ModelSection model, InputShape input)
    {
        var sizes = Sizes(model, input.RequireImage());
        double[] products = [.. Enumerable.Range(0, sizes.Count - 1).Select(i => (double)Kernel * sizes[i].Numbers * sizes[i + 1].Channels)];
        var layers = Shape(model, input).Skip(2 * products.Length).Where(p => p.Dims.Count == 2).Sum(p => (double)p.Count);
        return (ModelWork.WithInputs * (products.Sum() + layers)) - (2 * products[0]);
    }

    /// <inheritdoc/>
    public override ModelSection Smaller(ModelSection model) => model with { Channels = [1], Hidden = [], Init = null };

    // The image, and what each convolution and pooling makes of it.
    private static List<ImageSize> Sizes(ModelSection model, ImageSize image)
    {
        var sizes = new List<ImageSize> { image };
        foreach (var filters in model.Filters())
        {
            var last = sizes[^1];
            sizes.Add(last.Height >= 2 && last.Width >= 2 ? new ImageSize(filters, last.Height / 2, last.Width / 2) : throw new JobException(
                $"model.channels has {Plural.Of(model.Filters().Count, "convolution")}, each of which halves the image, but of {image.Height} x {image.Width} pixels {Number(sizes.Count - 1)} leave {last.Height} x {last.Width}: "
                + $"set model.channels to {Number(sizes.Count - 1)} or fewer, or make the images larger."));
        }

        return sizes;
    }

    private static void Add(List<ParameterShape> shape, string name, int[] dims, Axis[] axes)
    {
        var scale = 1 / Math.Sqrt(dims.Skip(1).Aggregate(1.0, (product, d) => product * d));
        shape.Add(new ParameterShape($"{name}.weight", dims, Initialisation.Uniform, scale, Decays: true) { Axes = axes });
        shape.Add(new ParameterShape($"{name}.bias", [dims[0]], Initialisation.Uniform, scale, Decays: false) { Axes = [axes[0]] });
    }

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
