using Granary.Contracts;

namespace Granary.Grains.Workers;

/// <summary>How many calls of a generation this silo is working at, so that a coordinator can tell one that takes long from one that was lost on the way. Turns of
/// the service never overlap, so that no lock is needed here.</summary>
internal sealed class OpenCalls
{
    private readonly Dictionary<GenerationId, int> _open = [];

    /// <summary>Calls under way.</summary>
    public int Of(GenerationId generation) => _open.GetValueOrDefault(generation);

    /// <summary>A call has begun; it ends when what this returns is disposed.</summary>
    public IDisposable Begin(GenerationId generation)
    {
        _open[generation] = Of(generation) + 1;
        return new Call(this, generation);
    }

    private void End(GenerationId generation)
    {
        if (Of(generation) is > 1 and var open)
        {
            _open[generation] = open - 1;
        }
        else
        {
            _open.Remove(generation);
        }
    }

    private sealed class Call(OpenCalls calls, GenerationId generation) : IDisposable
    {
        public void Dispose() => calls.End(generation);
    }
}
