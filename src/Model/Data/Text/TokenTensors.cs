using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace Granary.Model.Data;

/// <summary>Windows of one run of tokens: inputs [B, T] and the tokens that follow each of them [B, T].</summary>
/// <param name="tokens">The run.</param>
/// <param name="context">T.</param>
/// <param name="apart">Tokens from the start of one window to that of the next: T where they stand side by side, 1 where one may start anywhere.</param>
internal sealed class TokenTensors(int[] tokens, int context, int apart) : IExampleTensors
{
    /// <summary>The windows of the same run that start anywhere: example i starts with token i.</summary>
    public TokenTensors Anywhere => new(tokens, context, 1);

    /// <inheritdoc/>
    public Batch Gather(ReadOnlySpan<int> rows, ulong digest, PassPlace place)
    {
        var inputs = empty(rows.Length, context, ScalarType.Int64); // written in place: tensor() would take arrays, and copy them
        var targets = empty(rows.Length, context, ScalarType.Int64);
        Span<long> ids = MemoryMarshal.Cast<byte, long>(inputs.bytes), next = MemoryMarshal.Cast<byte, long>(targets.bytes);
        for (var b = 0; b < rows.Length; b++)
        {
            var from = rows[b] * apart;
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
