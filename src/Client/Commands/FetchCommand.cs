using System.CommandLine;
using System.Security.Cryptography;
using Granary.Client.Display;
using Granary.Jobs;
using Granary.Sdk.Connecting;

namespace Granary.Client.Commands;

/// <summary><c>granary fetch JOB</c>: brings what a job has left to this machine.</summary>
internal static class FetchCommand
{
    public static Command Create()
    {
        var (job, home, json) = (CommandParts.JobId(), CommandParts.Home(), CommandParts.Json());
        var to = new Option<string?>("--to") { Description = "Folder for the files (default: runs/JOB)." }.IsPath();
        var overwrite = CommandParts.Overwrite("files of these names that the folder holds");
        return new Command("fetch", "Brings a job's model, summary, metrics and job file here, from wherever its silos have written them.") { job, to, overwrite, home, json }.Does(async (result, cancellation) =>
        {
            var id = result.GetValue(job)!;
            var folder = Path.GetFullPath(result.GetValue(to) ?? Path.Combine("runs", id));
            using var api = CommandParts.Api(result.GetValue(home)!);
            var details = await api.Ask(HttpMethod.Get, $"/jobs/{Uri.EscapeDataString(id)}", cancellation)
                ?? throw new UserException(ExitCode.Unreachable, "the cluster has answered nothing.");
            (string Name, long Bytes)[] files = [.. details.GetProperty("artifacts").EnumerateArray().Select(a => (a.GetProperty("name").GetString()!, a.GetProperty("bytes").GetInt64()))];
            if (files.Length == 0)
            {
                throw new UserException(ExitCode.JobFailed, $"{id} has left no files that the silo which answers can see: it is {details.GetProperty("status").GetProperty("state").GetString()}.");
            }

            if (!result.GetValue(overwrite) && files.Select(f => Path.Combine(folder, f.Name)).FirstOrDefault(File.Exists) is { } there)
            {
                throw new UserException(ExitCode.Usage, $"{there} is there already: name another folder as --to, or say --overwrite.");
            }

            using var made = new NewFolder(folder);
            foreach (var (name, bytes) in files)
            {
                await Fetch(api, id, Path.Combine(folder, Path.GetFileName(name)), bytes, cancellation);
            }

            made.Keep();
            var model = Path.Combine(folder, "model.safetensors");
            var hash = File.Exists(model) ? await HashOf(model, cancellation) : null;
            if (result.GetValue(json))
            {
                JobDocument.Write(new { job = id, folder, files = files.Select(f => f.Name), sha256 = hash });
            }
            else
            {
                CommandParts.Result($"{string.Join(", ", files.Select(f => f.Name))}: in {folder}");
            }

            return ExitCode.Done;
        });
    }

    // Whole or not at all.
    private static async Task Fetch(HttpApi api, string job, string path, long bytes, CancellationToken cancellation)
    {
        var unfinished = path + ".part";
        try
        {
            await using (var file = new FileStream(unfinished, FileMode.Create, FileAccess.Write))
            {
                await api.Fetch($"/jobs/{Uri.EscapeDataString(job)}/artifacts/{Path.GetFileName(path)}", file, cancellation);
                if (file.Length != bytes)
                {
                    throw new UserException(ExitCode.Unreachable, $"{Path.GetFileName(path)} came with {file.Length} bytes, and has {bytes}: the connection was cut off. Fetch it again.");
                }
            }

            File.Move(unfinished, path, overwrite: true);
        }
        finally
        {
            File.Delete(unfinished);
        }
    }

    private static async Task<string> HashOf(string path, CancellationToken cancellation)
    {
        await using var file = File.OpenRead(path);
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(file, cancellation));
    }
}
