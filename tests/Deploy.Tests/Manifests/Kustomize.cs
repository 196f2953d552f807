using System.Diagnostics;

namespace Granary.Deploy.Tests.Manifests;

/// <summary>kubectl's kustomize, which needs no cluster.</summary>
internal static class Kustomize
{
    public static string Folder { get; } = Path.Combine(Repository.Root, "deploy");

    private static string? Program { get; } =
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Select(p => Path.Combine(p, "kubectl")).FirstOrDefault(File.Exists);

    /// <summary>What <c>kubectl apply -k</c> would send.</summary>
    /// <param name="folder">A folder with a kustomization.</param>
    public static string Render(string folder)
    {
        Assert.SkipWhen(Program is null, "kubectl is not on the PATH: only the files as they are have been checked");
        using var process = Process.Start(new ProcessStartInfo(Program!, ["kustomize", folder]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var errors = process.StandardError.ReadToEndAsync();
        var text = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{folder}: {errors.Result}");
        return text;
    }

    /// <summary>What the base is with components.</summary>
    /// <param name="components">Their folders' names, in order.</param>
    public static string RenderBase(params string[] components)
    {
        var folder = Directory.CreateTempSubdirectory("granary-test-").FullName;
        try
        {
            string Place(string name) => Path.GetRelativePath(folder, Path.Combine(Folder, name));
            File.WriteAllText(Path.Combine(folder, "kustomization.yaml"), $"""
                apiVersion: kustomize.config.k8s.io/v1beta1
                kind: Kustomization
                resources: [{Place("base")}]
                components: [{string.Join(", ", components.Select(c => Place($"components/{c}")))}]
                """);
            return Render(folder);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
