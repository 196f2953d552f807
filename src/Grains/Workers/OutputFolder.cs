using Granary.Contracts;
using Granary.Grains.Checkpoints;
using Granary.Grains.Coordination;
using Granary.Jobs;

namespace Granary.Grains.Workers;

/// <summary>What stands beside a model in a job's output folder.</summary>
internal static class OutputFolder
{
    /// <summary>Writes texts and copies parts of checkpoints, by name, each whole or not at all. What training on takes changes with one file, the last
    /// one of its own; only then what was there before is removed, as far as a run has left it. Whatever ends this early, one of the two is whole. The summary comes last of all.</summary>
    /// <param name="publication">What to write, and where.</param>
    /// <param name="checkpoints">Has the parts.</param>
    public static void Write(Publication publication, ICheckpointStore checkpoints)
    {
        var (output, artifacts, copies) = (publication.Output, publication.Artifacts, publication.Copies);
        var before = RunState.Parts(output);
        var hasState = artifacts.ContainsKey(RunState.File);
        if (hasState && !StoredPath.Is(output))
        {
            using var folder = new NewFolder(Path.Combine(output, RunFolder.State));
            folder.Keep();
        }

        foreach (var (name, part) in copies)
        {
            WholeFile.Write(Path.Combine(output, name), to =>
            {
                using var source = checkpoints.Open(part.Checkpoint, part.Blocks.First);
                source.CopyTo(to);
            });
        }

        foreach (var (name, text) in artifacts.OrderBy(p => p.Key == RunState.File ? 1 : p.Key == RunFolder.Summary ? 2 : 0))
        {
            WholeFile.Write(Path.Combine(output, name), text);
        }

        if (hasState || !publication.KeepsState)
        {
            Remove(output, before.Except(copies.Keys.Select(k => Path.GetFileName(k))), hasState);
        }
    }

    /// <summary>Does something that writes. Returns why it could not be done; null: it was.</summary>
    public static string? Try(Action write)
    {
        try
        {
            write();
            return null;
        }
        catch (Exception e) when (e is JobException or IOException or UnauthorizedAccessException)
        {
            return e.Message;
        }
    }

    private static void Remove(string output, IEnumerable<string> parts, bool hasState)
    {
        var folder = Path.Combine(output, RunFolder.State);
        string[] old = [.. parts];
        if (StoredPath.Is(output))
        {
            foreach (var name in old.Select(p => StoredPath.Combine(folder, p)).Concat(!hasState && old.Length > 0 ? [Path.Combine(output, RunState.File)] : []))
            {
                FileStores.Of(output).Remove(name);
            }

            return;
        }

        if (!hasState && old.Length > 0)
        {
            File.Delete(Path.Combine(output, RunState.File));
        }

        foreach (var part in old)
        {
            File.Delete(Path.Combine(folder, part));
        }

        if (!hasState && old.Length > 0 && !Directory.EnumerateFileSystemEntries(folder).Any())
        {
            Directory.Delete(folder);
        }
    }
}
