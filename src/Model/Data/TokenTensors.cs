using TorchSharp;
using static TorchSharp.torch;

namespace Granary.Model.Data;

/// <summary>Windows of one run of tokens: inputs [B, T] and the tokens that follow each of them [B, T].</summary>
internal sealed class TokenTensors(int[] tokens, int context) : IExampleTensors
{
    /// <inheritdoc/>
    public Batch Gather(ReadOnlySpan<int> rows, ulong digest, PassPlace place)
    {
        var inputs = new long[rows.Length * context];
        var targets = new long[rows.Length * context];
        for (var b = 0; b < rows.Length; b++)
        {
            var from = rows[b] * context;
            for (var t = 0; t < context; t++)
            {
                inputs[(b * context) + t] = tokens[from + t];
                targets[(b * context) + t] = tokens[from + t + 1];
            }
        }

        return new Batch(
            tensor(inputs, [rows.Length, context], ScalarType.Int64),
            tensor(targets, [rows.Length, context], ScalarType.Int64),
            rows.Length,
            rows.Length,
            digest);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // Tokens live in managed memory.
    }
}
