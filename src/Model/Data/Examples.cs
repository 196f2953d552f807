namespace Granary.Model.Data;

/// <summary>One shard's examples as resident tensors. Gathering is safe from several threads at once.</summary>
public sealed class Examples : IDisposable
{
    /// <summary>Held-out examples.</summary>
    public int ValidationRows => throw new NotSupportedException();

    /// <summary>Rows [first, end) of this shard's seeded permutation for an epoch.</summary>
    public Batch Training(int epoch, int first, int end) => throw new NotSupportedException();

    /// <summary>Held-out rows [first, end), in the order of the source.</summary>
    public Batch Validation(int first, int end) => throw new NotSupportedException();

    /// <inheritdoc/>
    public void Dispose() => throw new NotSupportedException();
}
