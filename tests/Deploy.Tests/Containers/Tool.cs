using System.Diagnostics;

namespace Granary.Deploy.Tests.Containers;

/// <summary>Programs of this machine.</summary>
internal static class Tool
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(10);

    /// <summary>Whether a program is on the PATH.</summary>
    public static bool IsHere(string name) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(p => File.Exists(Path.Combine(p, name)));

    /// <summary>Runs one to its end; returns its exit code and what it has written to standard output and standard error.</summary>
    public static async Task<(int Code, string Output, string Errors)> Run(string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? variables = null)
    {
        var info = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in variables ?? new Dictionary<string, string>())
        {
            info.Environment[name] = value;
        }

        using var process = Process.Start(info)!;
        using var time = new CancellationTokenSource(Longest);
        var errors = process.StandardError.ReadToEndAsync(time.Token);
        try
        {
            var output = await process.StandardOutput.ReadToEndAsync(time.Token);
            await process.WaitForExitAsync(time.Token);
            return (process.ExitCode, output, await errors);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{program} {string.Join(' ', arguments)} has not ended after {Longest.TotalMinutes:0} min");
        }
    }

    /// <summary>The same, which must end with code 0; returns its standard output.</summary>
    public static async Task<string> Succeeds(string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? variables = null)
    {
        var all = arguments.ToArray();
        var (code, output, errors) = await Run(program, all, variables);
        Assert.True(code == 0, $"{program} {string.Join(' ', all)} ended with code {code}:\n{output}{errors}");
        return output;
    }
}
