using Granary.Jobs;

namespace Granary.Model.Custom;

/// <summary>What goes wrong within somebody else's code, told with the model it is the code of.</summary>
internal static class OwnModelErrors
{
    /// <summary>Calls a model's code.</summary>
    /// <exception cref="JobException">It threw something: of a <see cref="JobException"/> the message is its own.</exception>
    public static T Within<T>(string kind, string what, Func<T> call)
    {
        try
        {
            return call();
        }
        catch (Exception e) when (e is not JobException)
        {
            // torch's messages go on with a native stack.
            throw new JobException($"model.kind {kind}: {what}: {e.GetType().Name}: {e.Message.Split('\n')[0]}");
        }
    }
}
