using Granary.Jobs;
using TorchSharp;
using static TorchSharp.torch;

namespace Granary.Model.Data;

/// <summary>Rows' labels as class ids [n], resident.</summary>
internal sealed class ClassTargets : IDisposable
{
    private readonly Tensor _ids;

    /// <param name="labels">One per row.</param>
    /// <param name="facts">Which label is which class.</param>
    public ClassTargets(IEnumerable<string> labels, DataFacts facts)
    {
        var ids = facts.Classes.Select((name, id) => (name, id)).ToDictionary(c => c.name, c => (long)c.id);
        _ids = tensor([.. labels.Select(label => ids[label])], ScalarType.Int64).DetachFromDisposeScope();
    }

    /// <summary>The class ids [B] of some rows.</summary>
    public Tensor Gather(Tensor rows) => _ids.index_select(0, rows);

    /// <inheritdoc/>
    public void Dispose() => _ids.Dispose();
}
