using Granary.Grains;

namespace Granary.Silo.Hosting;

/// <summary>What ends a silo from within, in one line and with a code of its own; Orleans alone would abort the process with pages of
/// stack.</summary>
/// <param name="silo">This silo.</param>
internal sealed class FatalErrors(SiloIdentity silo) : IFatalErrorHandler
{
    private const string ToldDead = "I have been told I am dead";
    private int _ending;

    /// <summary>The line and the exit code for what Orleans says. Plain rules.</summary>
    /// <param name="name">The silo.</param>
    /// <param name="context">Where it happened.</param>
    /// <param name="error">What happened, where it is an error.</param>
    public static (int Code, string Line) Verdict(string name, string? context, Exception? error) =>
        error is null && context?.Contains(ToldDead, StringComparison.Ordinal) == true
            ? (SiloExit.TakenForDead,
                $"silo {name} ends: the other silos did not hear from it for too long and have taken it for dead. It was frozen, cut off or starved of the processor. "
                + "Its jobs go on without it; whoever keeps the cluster up starts it again")
            : (SiloExit.Failed,
                $"silo {name} ends: {(error is null ? ErrorLine.Of(context ?? "the runtime has failed") : ErrorLine.Of(error))}. Its jobs go on without it; "
                + "whoever keeps the cluster up starts it again");

    /// <inheritdoc/>
    public bool IsUnexpected(Exception exception) => true;

    /// <inheritdoc/>
    public void OnFatalException(object? sender = null, string? context = null, Exception? exception = null)
    {
        if (Interlocked.Exchange(ref _ending, 1) == 0)
        {
            var (code, line) = Verdict(silo.Name, context, exception);
            SiloExit.Now(code, line);
        }
    }
}
