using System.Runtime.InteropServices;
using System.Text;

namespace Granary.Model.Files;

/// <summary>Arrays as numpy's .npy files, version 1.0.</summary>
/// <remarks>Format: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html</remarks>
internal static class Npy
{
    private const int Alignment = 64;
    private const int LengthAt = 8;

    private static ReadOnlySpan<byte> Magic => [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y', 1, 0];

    /// <summary>float32, row-major.</summary>
    public static void Write(Stream file, IEnumerable<int> dims, ReadOnlySpan<float> values)
    {
        WriteHeader(file, "<f4", dims);
        file.Write(MemoryMarshal.AsBytes(values));
    }

    /// <summary>float64, one-dimensional.</summary>
    public static void Write(Stream file, ReadOnlySpan<double> values)
    {
        WriteHeader(file, "<f8", [values.Length]);
        file.Write(MemoryMarshal.AsBytes(values));
    }

    /// <summary>Texts, one-dimensional: each in UTF-32, filled up with zeros to the length of the longest.</summary>
    public static void Write(Stream file, IReadOnlyList<string> texts)
    {
        var bytes = texts.Select(Encoding.UTF32.GetBytes).ToArray();
        var longest = Math.Max(sizeof(int), bytes.Select(b => b.Length).DefaultIfEmpty().Max());
        WriteHeader(file, $"<U{longest / sizeof(int)}", [texts.Count]);
        foreach (var text in bytes)
        {
            file.Write(text);
            file.Write(new byte[longest - text.Length]);
        }
    }

    // Magic, version, length of the header (two bytes), header: the values begin at a multiple of 64.
    private static void WriteHeader(Stream file, string type, IEnumerable<int> dims)
    {
        var header = $"{{'descr': '{type}', 'fortran_order': False, 'shape': ({string.Concat(dims.Select(d => $"{d}, "))}), }}";
        var start = LengthAt + sizeof(ushort);
        var length = ((start + header.Length + 1 + Alignment - 1) / Alignment * Alignment) - start;
        file.Write(Magic);
        file.Write(BitConverter.GetBytes((ushort)length));
        file.Write(Encoding.ASCII.GetBytes(header.PadRight(length - 1) + "\n"));
    }
}
