using System.Diagnostics;
using System.Reflection;
using System.Text.Json;
using Granary.Jobs;
using Granary.Web.Submitting;

namespace Granary.Silo.Hosting;

/// <summary>Has this very program read the data, in a process that ends afterwards: it knows the same kinds of models, and its memory is not the silo's.</summary>
internal sealed class ProgramDataCheck : IDataCheck
{
    /// <inheritdoc/>
    public async Task<IReadOnlyList<JobWarning>> Check(string text, string name, string folder, IReadOnlyList<string> overrides, CancellationToken cancellation)
    {
        var temporary = Directory.CreateTempSubdirectory("granary-check-");
        try
        {
            var file = Path.Combine(temporary.FullName, name);
            await File.WriteAllTextAsync(file, text, cancellation);
            return await Run(["check", file, "--folder", folder, .. overrides.SelectMany(o => new[] { "--set", o })], cancellation);
        }
        finally
        {
            temporary.Delete(recursive: true);
        }
    }

    private static async Task<IReadOnlyList<JobWarning>> Run(IEnumerable<string> arguments, CancellationToken cancellation)
    {
        var info = new ProcessStartInfo(Environment.ProcessPath!, [.. Program(), .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        info.Environment.Remove(WebAccess.BootstrapVariable); // it reads what a stranger has named
        using var process = Process.Start(info)!;
        try
        {
            var (output, errors) = (process.StandardOutput.ReadToEndAsync(cancellation), process.StandardError.ReadToEndAsync(cancellation));
            await process.WaitForExitAsync(cancellation);
            if (process.ExitCode != 0)
            {
                throw new DataCheckException((await errors).Trim() is { Length: > 0 } message ? message : $"the check of the data ended with code {process.ExitCode}, and said nothing.");
            }

            using var report = JsonDocument.Parse(await output);
            return report.RootElement.GetProperty("warnings").Deserialize<JobWarning[]>(JsonSerializerOptions.Web)!;
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(); // the caller has stopped waiting
            }
        }
    }

    // As this process was started: by dotnet, with the files of another program where it runs on that one's libraries.
    private static IEnumerable<string> Program()
    {
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) != "dotnet")
        {
            return [];
        }

        var program = Assembly.GetEntryAssembly()!.Location;
        if (File.Exists(Path.ChangeExtension(program, ".runtimeconfig.json")))
        {
            return [program];
        }

        var libraries = ((string)AppContext.GetData("APP_CONTEXT_DEPS_FILES")!).Split(';')[0];
        return ["exec", "--runtimeconfig", libraries.Replace(".deps.json", ".runtimeconfig.json", StringComparison.Ordinal), "--depsfile", libraries, program];
    }
}
