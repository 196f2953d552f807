namespace Granary.Model.Files;

/// <summary>Other files that people keep weights in, told by their first bytes.</summary>
internal static class ForeignFormat
{
    private const string Save = "In Python, save the weights with safetensors.torch.save_file(model.state_dict(), \"model.safetensors\").";

    // Only asked where a file is no safetensors file: of one, these bytes are a length.

    /// <summary>What it is and what to do, as the end of "this is no safetensors file, but"; null where nobody knows.</summary>
    /// <param name="bytes">The file's first 8 bytes.</param>
    public static string? Describe(ReadOnlySpan<byte> bytes) =>
        bytes.StartsWith("PK\u0003\u0004"u8) ? $"a zip archive, such as torch.save and numpy.savez write. {Save}"
        : bytes is [0x80, >= 2 and <= 5, >= 0x28, ..] ? $"a Python pickle, such as older versions of torch.save wrote. {Save}"
        : bytes is [0x89, (byte)'H', (byte)'D', (byte)'F', ..] ? $"an HDF5 file, such as Keras writes. {Save}"
        : bytes is [0x93, (byte)'N', (byte)'U', (byte)'M', ..] ? $"a numpy array. {Save}"
        : bytes.StartsWith("GGUF"u8) ? $"a GGUF file. {Save}"
        : bytes is [0x1f, 0x8b, 8, ..] ? "gzipped. Unpack it first."
        : null;
}
