using Granary.Jobs;
using Granary.Sdk;

namespace Granary.Inference;

/// <summary>A saved model, or what it is asked to do, cannot be used.</summary>
public sealed class ModelRefusedException : GranaryException
{
    private const string Option = "--";

    // The rules are the command line's too, and call what is given by its options there.
    internal ModelRefusedException(JobException error)
        : base(error.Message.StartsWith(Option, StringComparison.Ordinal) ? error.Message[Option.Length..] : error.Message, error)
    {
    }

    /// <summary>Does something; what its user can mend becomes an error of this kind.</summary>
    internal static T Wrap<T>(Func<T> action)
    {
        try
        {
            return action();
        }
        catch (JobException e)
        {
            throw new ModelRefusedException(e);
        }
    }
}
