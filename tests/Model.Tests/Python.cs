using System.Collections.Concurrent;
using System.Diagnostics;
using System.Reflection;

namespace Granary.Model.Tests;

/// <summary>A Python that has a module, to compare with; tests that need one are skipped without it.</summary>
internal static class Python
{
    // The first on the path may be somebody's own, without Debian's packages.
    private static readonly string[] Candidates = ["python3", "/usr/bin/python3"];

    // By module: torch takes seconds to import.
    private static readonly ConcurrentDictionary<string, Lazy<string?>> Found = [];

    public static string Golden(string script) => Path.Combine(
        typeof(Python).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "Root").Value!, "tests", "golden", script);

    /// <summary>Runs a Python that has a module and returns what it printed; skips the test where there is none.</summary>
    public static string Run(string module, params string[] arguments)
    {
        var python = Found.GetOrAdd(module, m => new(() => Array.Find(Candidates, c => Start(c, "-c", $"import {m}").Code == 0))).Value;
        Assert.SkipWhen(python is null, $"no Python with {module}: apt-get install python3-{module}");
        var (code, output, errors) = Start(python!, arguments);
        Assert.True(code == 0, errors);
        return output;
    }

    private static (int Code, string Output, string Errors) Start(string program, params string[] arguments)
    {
        var info = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        try
        {
            using var process = Process.Start(info)!;
            var errors = process.StandardError.ReadToEndAsync();
            var output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return (process.ExitCode, output, errors.Result);
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            return (-1, "", e.Message); // there is no such program
        }
    }
}
