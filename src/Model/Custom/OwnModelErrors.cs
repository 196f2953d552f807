using Granary.Jobs;

namespace Granary.Model.Custom;

/// <summary>What goes wrong within somebody else's code, told with the model it is the code of.</summary>
internal static class OwnModelErrors
{
    /// <summary>Refuses a model that does not learn what the data has for a target.</summary>
    /// <exception cref="JobException">It learns something else.</exception>
    public static void RequireTarget(OwnModel made, string kind, InputShape input)
    {
        var (has, learns, member) = input.IsMultiLabel ? ("labels", made.LearnsLabels, "LearnsLabels")
            : input.IsNumber ? ("number", made.Learns != LearnedTarget.Class, "Learns")
            : ("classes", made.Learns != LearnedTarget.Number, "Learns");
        if (!learns)
        {
            throw new JobException(has == "classes"
                ? $"model.kind is {kind}, which learns numbers: set data.target to number. If it tells classes apart too, its {member} must say so."
                : $"data.target is {has}, but model.kind is {kind}, which does not learn {(has == "number" ? "numbers" : "several labels")}: choose another kind, or take data.target out. If it does, its {member} must say so.");
        }
    }

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
