namespace Granary.Client;

/// <summary>What the command line says of an error that no command has foreseen: one line, never the stack.</summary>
internal static class UnforeseenError
{
    /// <summary>Says it; returns the exit code.</summary>
    public static int Report(Exception? error)
    {
        Console.Error.WriteLine(error is GranaryException known
            ? $"granary: {known.Message}"
            : $"granary: an error that was not foreseen: {error?.GetType().Name}: {error?.Message.ReplaceLineEndings(" ")}"
                + (error?.TargetSite is { } at ? $" (in {at.DeclaringType?.FullName}.{at.Name})" : ""));
        return error is GranaryException foreseen ? ExitCode.Of(foreseen) : ExitCode.JobFailed;
    }
}
