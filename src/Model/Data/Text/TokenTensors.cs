using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace Granary.Model.Data;

/// <summary>Windows of one run of tokens: inputs [B, T] and the tokens that follow each of them [B, T].</summary>
internal sealed class TokenTensors(int[] tokens, int context) : IExampleTensors
{
    /// <inheritdoc/>
    public Batch Gather(ReadOnlySpan<int> rows, ulong digest, PassPlace place)
    {
        var inputs = empty(rows.Length, context, ScalarType.Int64); // written in place: tensor() would take arrays, and copy them
        var targets = empty(rows.Length, context, ScalarType.Int64);
        Span<long> ids = MemoryMarshal.Cast<byte, long>(inputs.bytes), next = MemoryMarshal.Cast<byte, long>(targets.bytes);
        for (var b = 0; b < rows.Length; b++)
        {
            var from = rows[b] * context;
            for (var t = 0; t < context; t++)
            {
                ids[(b * context) + t] = tokens[from + t];
                next[(b * context) + t] = tokens[from + t + 1];
            }
        }

        return new Batch(inputs, targets, rows.Length, rows.Length, digest);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // Tokens live in managed memory.
    }
}
