using System.CommandLine;
using Granary.Client.Local;
using Granary.Jobs;

namespace Granary.Client.Commands;

/// <summary>Where the jobs of a group run: on the lasting cluster where one is up, else on a private one.</summary>
internal sealed class GroupPlace
{
    private readonly Option<string> _home = CommandParts.Home();
    private readonly Option<int?> _silos = new("--silos") { Description = "A private cluster of so many silos, even where a lasting one is up (default 1)." };
    private readonly Option<int?> _jobs = new("--jobs") { Description = "Jobs at once on a private cluster (default: one for each compute thread of a silo)." };
    private readonly Option<string> _kernels = CommandParts.Kernels();

    /// <summary>Adds its options to a command.</summary>
    public void AddTo(Command command)
    {
        foreach (var option in new Option[] { _silos, _jobs, _kernels, _home })
        {
            command.Options.Add(option);
        }
    }

    /// <summary>Refuses counts below 1, and takes the choice of kernels.</summary>
    /// <exception cref="UserException">A count is below 1.</exception>
    public void Check(ParseResult result)
    {
        CommandParts.UseKernels(result.GetValue(_kernels));
        CommandParts.AtLeastOne("--silos", result.GetValue(_silos) ?? 1);
        CommandParts.AtLeastOne("--jobs", result.GetValue(_jobs) ?? 1);
    }

    /// <summary>Uses a cluster.</summary>
    /// <param name="result">The options.</param>
    /// <param name="group">The group's name, and that of its folder under runs.</param>
    /// <param name="interruption">The first one ends the waiting.</param>
    /// <param name="use">What to do with it; the folder is null where the cluster has a place of its own for outputs.</param>
    public async Task<int> Use(ParseResult result, string group, Interruption interruption, Func<GranaryClient, string?, CancellationToken, Task<int>> use)
    {
        if (result.GetValue(_silos) is null && result.GetValue(_jobs) is null && result.GetValue(_kernels) is null && CommandParts.HasCluster(result.GetValue(_home)!))
        {
            return await CommandParts.WithCluster(result.GetValue(_home)!, interruption.Token, async client =>
            {
                using var said = interruption.Token.Register(() => Console.Error.WriteLine("the jobs go on. See: granary jobs"));
                return await use(client, null, interruption.Token);
            });
        }

        var output = Path.GetFullPath(Path.Combine("runs", group));
        new RunFolder(output, group).Try(overwrite: false, continues: null);
        var settings = LocalSettings.For(result.GetValue(_silos) ?? 1, "none");
        settings = settings with { Jobs = result.GetValue(_jobs) ?? settings.Threads };
        return await PrivateCluster.Run(settings, interruption, (_, client, waiting) => use(client, output, waiting));
    }
}
