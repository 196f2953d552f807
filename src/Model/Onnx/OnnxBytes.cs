using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using Google.Protobuf;

namespace Granary.Model.Onnx;

/// <summary>The bytes of tensors: row-major, little-endian, as this process has them.</summary>
internal static class OnnxBytes
{
    public static ByteString Of<T>(ReadOnlySpan<T> values)
        where T : unmanaged => ByteString.CopyFrom(MemoryMarshal.AsBytes(values));

    /// <summary>float32 as float64.</summary>
    public static ByteString AsDoubles(ReadOnlySpan<float> values)
    {
        var wide = new double[values.Length];
        TensorPrimitives.ConvertChecked<float, double>(values, wide);
        return Of<double>(wide);
    }
}
