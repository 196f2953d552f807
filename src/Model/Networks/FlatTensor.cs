using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Granary.Jobs;
using TorchSharp;
using static TorchSharp.torch;

namespace Granary.Model.Networks;

/// <summary>All parameters of a network (or all their gradients) in one vector of host memory, aligned to 64 bytes, which
/// torch and plain code share. At most 2 GB.</summary>
public sealed unsafe class FlatTensor : IDisposable
{
    private readonly IReadOnlyList<ParameterShape> _shape;
    private readonly Tensor[] _views;

    /// <summary>A vector of zeros.</summary>
    public FlatTensor(IReadOnlyList<ParameterShape> shape, Precision precision)
        : this(shape, precision, CPU)
    {
    }

    internal FlatTensor(IReadOnlyList<ParameterShape> shape, Precision precision, Device device)
    {
        _shape = shape;
        Type = precision == Precision.Float64 ? ScalarType.Float64 : ScalarType.Float32;
        using var scope = NewDisposeScope();
        Tensor = zeros(ModelShape.Weights(shape), Type, device).DetachFromDisposeScope();
        _views = [.. Cut(Tensor).Select(v => v.DetachFromDisposeScope())];
        Data = device.type == DeviceType.CPU ? Unsafe.AsPointer(ref MemoryMarshal.GetReference(Tensor.bytes)) : null;
    }

    /// <summary>float32 or float64.</summary>
    public ScalarType Type { get; }

    /// <summary>[P], on the device it was made for.</summary>
    public Tensor Tensor { get; }

    /// <summary>The first number, in host memory; null where the vector is on another device.</summary>
    public void* Data { get; }

    /// <summary>One view per parameter, of the parameter's shape, sharing this memory.</summary>
    public IReadOnlyList<Tensor> Views => _views;

    /// <summary>Where a parameter's first number is.</summary>
    public long Start(int parameter)
    {
        long at = 0;
        for (var i = 0; i < parameter; i++)
        {
            at += _shape[i].Count;
        }

        return at;
    }

    /// <summary>A set of leaves for autograd that share this memory: each compute thread needs its own, for gradients are
    /// kept on the leaf. The caller disposes them.</summary>
    public Tensor[] Leaves()
    {
        using var scope = NewDisposeScope();
        return [.. Cut(Tensor).Select(v => v.detach().requires_grad_().DetachFromDisposeScope())];
    }

    private IEnumerable<Tensor> Cut(Tensor flat)
    {
        long at = 0;
        foreach (var parameter in _shape)
        {
            yield return flat.narrow(0, at, parameter.Count).view([.. parameter.Dims.Select(d => (long)d)]);
            at += parameter.Count;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var view in _views)
        {
            view.Dispose();
        }

        Tensor.Dispose();
    }
}
