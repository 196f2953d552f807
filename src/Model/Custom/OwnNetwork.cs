using System.Runtime.CompilerServices;
using Granary.Jobs;
using Granary.Model.Data;
using Granary.Model.Networks;
using Granary.Model.Onnx;
using TorchSharp;
using static TorchSharp.torch;

namespace Granary.Model.Custom;

/// <summary>A model of one's own as a function of flat weights: one module for every set of parameters it is called with, whose
/// own parameters are made to share their memory.</summary>
/// <remarks>B examples, D features, K classes; C, H and W channels, height and width of images.</remarks>
internal sealed class OwnNetwork(ModelSection model, InputShape input) : INetwork
{
    private static readonly Scalar Even = 0; // log-odds of one to one; see HeldScalars

    private readonly ConditionalWeakTable<IReadOnlyList<Tensor>, OwnModel> _bound = [];

    // Losses are asked for by the thread that asked for the outputs.
    private readonly ThreadLocal<OwnModel?> _last = new();

    /// <summary>As <see cref="FlatTensor.Leaves"/>, but leaves that are a module's own parameters: their gradients are kept there.</summary>
    public Tensor[] Leaves(FlatTensor weights)
    {
        var module = Bind(weights.Views);
        Tensor[] leaves = [.. OwnModelShape.Parameters(module).Select(p => p.Tensor)];
        _bound.Add(leaves, module);
        return leaves;
    }

    /// <inheritdoc/>
    public Tensor Outputs(IReadOnlyList<Tensor> parameters, Tensor inputs, PassPlace? place = null, BackwardCuts? cuts = null)
    {
        var module = _bound.GetValue(parameters, Bind);
        module.Begin(place);
        _last.Value = module;
        return module.forward(module.TakesImages ? Images(inputs, input.RequireImage()) : inputs);
    }

    private static Tensor Images(Tensor rows, ImageSize image) => rows.reshape(-1, image.Channels, image.Height, image.Width); // [B, D] -> [B, C, H, W]

    private OwnModel Bind(IReadOnlyList<Tensor> parameters)
    {
        var module = OwnModels.Make(model, input, seed: 0);
        using var mode = no_grad();
        module.to(parameters[0].device);
        var at = 0;
        foreach (var (_, parameter) in OwnModelShape.Parameters(module))
        {
            parameter.set_(parameters[at++]);
        }

        return module;
    }

    /// <inheritdoc/>
    public Tensor LossSum(Tensor outputs, Tensor targets) => Losses(outputs, targets).sum();

    /// <inheritdoc/>
    public Tensor Losses(Tensor outputs, Tensor targets) => Last.Losses(outputs, targets);

    /// <inheritdoc/>
    public Tensor Correct(Tensor outputs, Tensor targets) => Right(outputs, targets).sum();

    /// <inheritdoc/>
    public Tensor Right(Tensor outputs, Tensor targets) => input.IsNumber ? zeros([targets.shape[0]], ScalarType.Int64) // no number is right or wrong
        : input.IsMultiLabel ? outputs.ge(Even).eq(targets.gt(Even)).all(1).to(ScalarType.Int64) // every label of the example
        : Probabilities(outputs).argmax(1).eq(targets).to(ScalarType.Int64);

    /// <inheritdoc/>
    public Tensor? Numbers(Tensor outputs) => input.IsNumber ? Last.Numbers(outputs) : null;

    /// <inheritdoc/>
    public bool GivesLabels => input.IsMultiLabel;

    /// <inheritdoc/>
    public bool GivesProbabilities => !input.IsNumber && !input.IsMultiLabel;

    /// <inheritdoc/>
    public Tensor Probabilities(Tensor outputs) => GivesProbabilities ? Last.Probabilities(outputs) : outputs;

    // The module says how, if it does. Its own weights are not looked at.

    /// <inheritdoc/>
    public IOnnxNetwork? Onnx
    {
        get
        {
            var made = OwnModels.Make(model, input, seed: 0);
            return made is IOnnxNetwork onnx ? new OwnOnnx(onnx, made.TakesImages ? input.RequireImage() : null, input) : null;
        }
    }

    private OwnModel Last => _last.Value ?? throw new InvalidOperationException("Outputs comes first.");
}
