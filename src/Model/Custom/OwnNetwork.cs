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
/// <remarks>B examples, K classes.</remarks>
internal sealed class OwnNetwork(ModelSection model, InputShape input) : INetwork
{
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
        return module.forward(inputs);
    }

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
    public Tensor Right(Tensor outputs, Tensor targets) => Probabilities(outputs).argmax(1).eq(targets).to(ScalarType.Int64);

    /// <inheritdoc/>
    public bool GivesProbabilities => true;

    /// <inheritdoc/>
    public Tensor Probabilities(Tensor outputs) => Last.Probabilities(outputs);

    // The module says how, if it does. Its own weights are not looked at.

    /// <inheritdoc/>
    public IOnnxNetwork? Onnx => OwnModels.Make(model, input, seed: 0) as IOnnxNetwork;

    private OwnModel Last => _last.Value ?? throw new InvalidOperationException("Outputs comes first.");
}
