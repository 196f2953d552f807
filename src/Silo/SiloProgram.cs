using System.CommandLine;
using System.CommandLine.Invocation;
using Granary.Jobs;
using Granary.Silo.Commands;
using Granary.Silo.Hosting;
using Granary.Silo.Storage.S3;

namespace Granary.Silo;

/// <summary>The silo's program: a silo in the foreground, and the commands that need its libraries but no cluster. A program with
/// models of its own registers them and runs this.</summary>
public static class SiloProgram
{
    /// <summary>Does what the command line says.</summary>
    /// <param name="args">The arguments of Main.</param>
    /// <returns>The exit code for Main: 0 done, 1 failed, 2 wrong usage, job file, model or data, 4 taken for dead by the other silos.</returns>
    public static Task<int> Run(string[] args) => Run(args, _ => { });

    /// <summary>The same, for a program whose silos have extensions of their own: a wire codec (<c>AddCodec</c>), a checkpoint store (<c>AddCheckpointStore</c>),
    /// a cluster store (<c>AddClusterStore</c>).</summary>
    /// <param name="args">The arguments of Main.</param>
    /// <param name="configure">Adds them to a silo before it starts; not called by commands that run none.</param>
    /// <returns>The exit code for Main, as above.</returns>
    public static async Task<int> Run(string[] args, Action<ISiloBuilder> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        using var files = new S3Files(trouble: Console.Error.WriteLine);
        using var use = FileStores.Use(files);
        // Also on threads that are not awaited: the process ends with one line instead of a stack trace.
        AppDomain.CurrentDomain.UnhandledException += (_, e) => SiloExit.Now(SiloExit.Failed, Unforeseen(e.ExceptionObject as Exception));
        var command = new RootCommand("One silo of a Granary cluster, and what needs its libraries but no cluster.")
        {
            SiloCommand.Create(configure),
            CheckCommand.Create(),
            AuditCommand.Create(),
            PredictCommand.Create(),
            GenerateCommand.Create(),
            ExportCommand.Create(),
            NeighboursCommand.Create(),
            StoreCommand.Create(configure),
        }.Parse(args);
        if (command.Action is ParseErrorAction)
        {
            await Console.Error.WriteLineAsync(
                $"granary silo: {string.Join(" ", command.Errors.Select(e => e.Message))} See: granary {command.CommandResult.Command.Name} --help");
            return SiloExit.WrongUsage;
        }

        try
        {
            // The host listens for signals itself.
            return await command.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null, EnableDefaultExceptionHandler = false });
        }
        catch (SettingException e)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return SiloExit.WrongUsage;
        }
#pragma warning disable CA1031 // a user sees one message, whatever it is
        catch (Exception e)
#pragma warning restore CA1031
        {
            await Console.Error.WriteLineAsync(StartFailure.Of(e) ?? Unforeseen(e));
            return SiloExit.Failed;
        }
    }

    private static string Unforeseen(Exception? e) => e is null
        ? "granary silo: ended by an error of unknown kind"
        : $"granary silo: an error that was not foreseen: {e.GetType().Name}: {ErrorLine.Of(e)}{(e.TargetSite is { } at ? $" (in {at.DeclaringType?.FullName}.{at.Name})" : "")}";
}
