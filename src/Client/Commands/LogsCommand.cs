using System.CommandLine;

namespace Granary.Client.Commands;

/// <summary><c>granary logs [SILO]</c></summary>
internal static class LogsCommand
{
    public static Command Create()
    {
        var home = CommandParts.Home();
        var silo = new Argument<string?>("silo") { Description = "The silo; all of them if left out.", Arity = ArgumentArity.ZeroOrOne };
        return new Command("logs", "What the silos have logged.") { silo, home }.Does((result, _) =>
        {
            var logs = CommandParts.LocalHome(result.GetValue(home)!, "Read its silos' logs where they run, as with kubectl logs.").Logs;
            var files = Directory.Exists(logs) ? Directory.GetFiles(logs, "*.log").Order(StringComparer.Ordinal).ToArray() : [];
            var wanted = result.GetValue(silo) is { } name ? files.Where(f => Path.GetFileNameWithoutExtension(f) == name).ToArray() : files;
            if (wanted.Length == 0)
            {
                throw new UserException(ExitCode.Usage, files.Length == 0
                    ? $"there are no logs under {logs}."
                    : $"there is no silo '{result.GetValue(silo)}'. Known: {string.Join(", ", files.Select(Path.GetFileNameWithoutExtension))}.");
            }

            foreach (var file in wanted)
            {
                if (wanted.Length > 1)
                {
                    Console.WriteLine($"--- {Path.GetFileNameWithoutExtension(file)}");
                }

                foreach (var part in SiloLog.Parts(file))
                {
                    using var reader = new StreamReader(new FileStream(part, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
                    foreach (var line in StackLines.Without(reader))
                    {
                        Console.WriteLine(line);
                    }
                }
            }

            return Task.FromResult(ExitCode.Done);
        });
    }
}
