using System.Net;
using Granary.Jobs;
using Granary.Silo.Storage;

namespace Granary.Silo.Hosting;

/// <summary>What jobs may read and write on this silo. It is passed on in three variables, so that the process that checks a job's data has the same rule.</summary>
internal static class JobRoots
{
    /// <summary>Refuses roots that are not there.</summary>
    /// <exception cref="SettingException">One is not.</exception>
    public static void Check(SiloSettings settings)
    {
        if (settings.DataRoots.FirstOrDefault(r => !StoredPath.Is(r) && !Directory.Exists(r)) is { } missing)
        {
            throw new SettingException($"--data-root {missing}: there is no such folder. Make it, or name another one.");
        }

        if (settings.DataRoots.FirstOrDefault(r => !StoredPath.Is(r) && r.Contains(Path.PathSeparator, StringComparison.Ordinal)) is { } odd)
        {
            throw new SettingException($"--data-root {odd}: a data root's path cannot hold '{Path.PathSeparator}'.");
        }

        // The rule is a list of paths between such signs.
        (string, string?)[] own = [("--home", settings.Home), ("--uploads", settings.Uploads), ("--certs", settings.Certs)];
        if (own.FirstOrDefault(p => p.Item2?.Contains(Path.PathSeparator, StringComparison.Ordinal) == true) is ({ } which, { } split))
        {
            throw new SettingException($"{which} {split}: this path cannot hold '{Path.PathSeparator}'.");
        }

        foreach (var (option, root) in settings.DataRoots.Select(r => ("--data-root", r)).Append(("--output-root", settings.OutputRoot ?? "")))
        {
            if (StoredPath.Is(root) && (StoredPath.Refusal(root) ?? (root[StoredPath.Scheme.Length..].Contains(Path.PathSeparator, StringComparison.Ordinal) ? $"{root} cannot hold '{Path.PathSeparator}'." : null)) is { } refusal)
            {
                throw new SettingException($"{option}: {refusal}");
            }
        }
    }

    /// <summary>The rule. Plain: where strangers could come with a token, jobs read nothing but what was uploaded and what jobs have left, unless there are roots.</summary>
    /// <param name="settings">The silo's settings.</param>
    /// <returns>Folders that may be read (null: all), and the one that may be written (null: all).</returns>
    public static (IReadOnlyList<string>? Readable, string? Writable) Of(SiloSettings settings)
    {
        var isOpen = (settings.Auth != WebAccess.None && !IPAddress.IsLoopback(settings.Address)) // another silo's API may have taken the job
            || (settings.WebPort is not null && !IPAddress.IsLoopback(settings.WebAddress) && WebAccess.DemandsTokens(settings));
        if (settings.DataRoots.Count == 0 && !isOpen)
        {
            return (null, settings.OutputRoot);
        }

        return ([.. settings.DataRoots, settings.Uploads, Runs(settings)], settings.OutputRoot ?? (isOpen ? Runs(settings) : null));
    }

    /// <summary>Where jobs leave their models that are told no place.</summary>
    public static string Outputs(SiloSettings settings) => settings.OutputRoot ?? (settings.TemporaryHome ? Path.GetTempPath() : Runs(settings)); // what a job leaves stays when its home goes

    /// <summary>Has this process, and those that it starts, obey the rule.</summary>
    public static void Use(SiloSettings settings)
    {
        var (readable, writable) = Of(settings);
        if (writable is not null && !StoredPath.Is(writable))
        {
            Directory.CreateDirectory(writable);
        }

        Environment.SetEnvironmentVariable(PathRule.ReadVariable, readable is null ? null : string.Join(Path.PathSeparator, readable));
        Environment.SetEnvironmentVariable(PathRule.WriteVariable, writable);
        Environment.SetEnvironmentVariable(PathRule.OwnVariable, string.Join(Path.PathSeparator, Own(settings)));
        PathRule.UseEnvironment();
    }

    /// <summary>What is the silo's own, even where it lies below a root: whoever reads the key is an operator.</summary>
    public static IEnumerable<string> Own(SiloSettings settings)
    {
        string[] files = [HomeKey.FileName, SiloLife.FileName, SqliteClusterStore.Membership, SqliteClusterStore.Jobs, WebAccess.AuditFolder + Path.DirectorySeparatorChar];
        return files.Select(f => Path.Combine(settings.Home, f)).Concat(StoredPath.Is(settings.Checkpoints) ? [settings.Checkpoints] : [])
            .Concat(settings.Certs is { } certs ? [certs.TrimEnd(Path.DirectorySeparatorChar) + Path.DirectorySeparatorChar] : []);
    }

    private static string Runs(SiloSettings settings) => Path.Combine(settings.Home, "runs");
}
