using System.Globalization;
using Proto = global::Onnx;

namespace Granary.Model.Onnx;

/// <summary>What the elements of a tensor are, by ONNX's own numbers.</summary>
internal enum OnnxType { Float32 = 1, Int64 = 7, Text = 8, Bool = 9, Float64 = 11 }

/// <summary>Types of inputs and outputs, as a file has them and as people read them.</summary>
internal static class OnnxTypes
{
    /// <summary>Name, type, and sizes: a number is fixed, a name stands for any.</summary>
    public static Proto.ValueInfoProto Info(string name, OnnxType type, string about, object[] dims)
    {
        var shape = new Proto.TensorShapeProto();
        shape.Dim.AddRange(dims.Select(d => d is string any
            ? new Proto.TensorShapeProto.Types.Dimension { DimParam = any }
            : new Proto.TensorShapeProto.Types.Dimension { DimValue = Convert.ToInt64(d, CultureInfo.InvariantCulture) }));
        var tensor = new Proto.TypeProto.Types.Tensor { ElemType = (int)type, Shape = shape };
        return new Proto.ValueInfoProto { Name = name, DocString = about, Type = new Proto.TypeProto { TensorType = tensor } };
    }

    /// <summary>"features float32 [N, 4]".</summary>
    public static string Describe(Proto.ValueInfoProto info)
    {
        var tensor = info.Type.TensorType;
        var type = (OnnxType)tensor.ElemType switch { OnnxType.Text => "string", var number => number.ToString().ToLowerInvariant() };
        var sizes = tensor.Shape.Dim.Select(d => d.DimParam.Length > 0 ? d.DimParam : d.DimValue.ToString(CultureInfo.InvariantCulture));
        return $"{info.Name} {type} [{string.Join(", ", sizes)}]";
    }
}
