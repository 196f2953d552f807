using static TorchSharp.torch;

namespace Granary.Model.Kernels;

/// <summary>Torch's operations on one thread, as compute threads run them: how many threads share an operation may change its bits, and its speed.</summary>
internal static class OneThread
{
    /// <summary>Does something so, and sets what was before.</summary>
    public static T For<T>(Func<T> work)
    {
        var threads = get_num_threads();
        set_num_threads(1);
        try
        {
            return work();
        }
        finally
        {
            set_num_threads(threads);
        }
    }
}
