using System.Diagnostics;
using System.Reflection;

namespace Granary.Sdk.Local;

/// <summary>The silo's program and how to start it.</summary>
internal static class SiloExecutable
{
    private const string FileName = "Granary.Silo.dll";

    /// <summary>A process of the silo's program, not started yet.</summary>
    /// <param name="arguments">What it is told.</param>
    /// <param name="program">Its .dll; null: what GRANARY_SILO names, else Granary's own.</param>
    /// <exception cref="LocalClusterException">It is not there.</exception>
    public static ProcessStartInfo Start(IEnumerable<string> arguments, string? program = null)
    {
        var info = new ProcessStartInfo(Environment.ProcessPath is { } host && Path.GetFileNameWithoutExtension(host) == "dotnet" ? host : "dotnet");
        var silo = program is null ? Find() : Existing(program, "the silo's program");
        foreach (var argument in (string[])[.. Host(silo), silo, .. arguments])
        {
            info.ArgumentList.Add(argument);
        }

        // Waiting OpenMP threads must sleep: several silos share these cores.
        info.Environment["OMP_WAIT_POLICY"] = "PASSIVE";
        info.Environment["DOTNET_gcServer"] = "0";
        info.Environment["DOTNET_TieredPGO"] = "0";
        return info;
    }

    private static string Find()
    {
        if (Environment.GetEnvironmentVariable("GRANARY_SILO") is { Length: > 0 } own)
        {
            return Existing(own, "GRANARY_SILO");
        }

        string[] places = [Path.Combine(AppContext.BaseDirectory, "silo", FileName), Path.Combine(AppContext.BaseDirectory, FileName)];
        return Array.Find(places, File.Exists) ?? InRepository(AppContext.BaseDirectory) ?? throw new LocalClusterException(
            $"the silo's program is at none of {string.Join(", ", places)}. Reference the package Granary.Silo, or set GRANARY_SILO to {FileName}.");
    }

    /// <summary>The silo's program as Granary's repository builds it; null: the folder is not within one, or it is not built.</summary>
    /// <param name="folder">Where to begin; the repository's root is looked for upwards of it.</param>
    internal static string? InRepository(string folder)
    {
        var built = Assembly.GetExecutingAssembly().GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "SiloPath").Value!;
        for (var place = new DirectoryInfo(folder); place is not null; place = place.Parent)
        {
            if (Path.Combine(place.FullName, built) is var silo && File.Exists(silo))
            {
                return silo;
            }
        }

        return null;
    }

    private static string Existing(string path, string what) => File.Exists(path)
        ? Path.GetFullPath(path)
        : throw new LocalClusterException($"{what} is {path}, and there is no such file. It names the .dll of a silo's program.");

    // Of a package it lies beside the program that references it, and runs on that program's libraries.
    private static string[] Host(string silo)
    {
        if (silo != Path.Combine(AppContext.BaseDirectory, FileName) || File.Exists(Path.ChangeExtension(silo, ".deps.json"))
            || Assembly.GetEntryAssembly()?.GetName().Name is not { } program)
        {
            return [];
        }

        var beside = Path.Combine(AppContext.BaseDirectory, program);
        return ["exec", "--runtimeconfig", $"{beside}.runtimeconfig.json", "--depsfile", $"{beside}.deps.json"];
    }
}
