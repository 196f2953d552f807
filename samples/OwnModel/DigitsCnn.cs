using Granary.Jobs;
using Granary.Model.Custom;
using Granary.Model.Onnx;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Granary.Samples;

/// <summary>A small convolutional network for square grey images: two kernels' layers, each halving the image, and a linear map.</summary>
/// <remarks>B examples, S side of the image, C channels, K classes.</remarks>
public sealed class DigitsCnn : OwnModel, IOnnxNetwork
{
    private readonly int _side;
    private readonly double _dropout;
    private readonly Conv2d conv1;
    private readonly Conv2d conv2;
    private readonly Linear linear;

    public DigitsCnn(ModelOptions options, InputShape input)
        : base(nameof(DigitsCnn))
    {
        var channels = options.Int("channels", fallback: 8, min: 1, max: 1024);
        _dropout = options.Number("dropout", fallback: 0, min: 0, max: 0.9);
        _side = (int)Math.Sqrt(input.Features);
        if (_side * _side != input.Features || _side % 4 != 0)
        {
            throw new JobException($"digits-cnn needs square images whose side 4 divides, such as 8 x 8: {input.Features} features are none.");
        }

        conv1 = nn.Conv2d(1, channels, kernel_size: 3, padding: 1);
        conv2 = nn.Conv2d(channels, 2 * channels, kernel_size: 3, padding: 1);
        linear = nn.Linear(2 * channels * (_side / 4) * (_side / 4), input.Classes);
        RegisterComponents();
    }

    public override Tensor forward(Tensor x)
    {
        var images = x.view(-1, 1, _side, _side); // [B, S S] -> [B, 1, S, S]
        var half = nn.functional.max_pool2d(conv1.forward(images).relu(), 2); // [B, C, S / 2, S / 2]
        var quarter = nn.functional.max_pool2d(conv2.forward(half).relu(), 2); // [B, 2 C, S / 4, S / 4]
        return linear.forward(Dropout(quarter.flatten(1), _dropout)); // [B, K]
    }

    public override Tensor Losses(Tensor outputs, Tensor targets) =>
        nn.functional.cross_entropy(outputs, targets, reduction: nn.Reduction.None); // [B, K] [B] -> [B]

    // For granary export --format onnx; without it the model trains and predicts all the same. Weights come in the order of the fields.
    public OnnxValue Outputs(OnnxGraph graph, IReadOnlyList<OnnxValue> parameters, OnnxValue inputs)
    {
        var x = graph.Add("Reshape", [inputs, graph.Integers(-1, 1, _side, _side)]); // [B, 1, S, S]
        for (var i = 0; i < 4; i += 2)
        {
            var maps = graph.Add("Conv", [x, parameters[i], parameters[i + 1]], ("pads", new[] { 1, 1, 1, 1 }));
            x = graph.Add("MaxPool", [graph.Add("Relu", [maps])], ("kernel_shape", new[] { 2, 2 }), ("strides", new[] { 2, 2 })); // half the side
        }

        return graph.Linear(graph.Add("Flatten", [x]), parameters[4], parameters[5]); // [B, K]
    }
}
