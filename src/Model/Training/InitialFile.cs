using System.Numerics;
using System.Security.Cryptography;
using Granary.Jobs;
using Granary.Model.Files;

namespace Granary.Model.Training;

/// <summary>The file that a job's weights start from (model.init). A parameter is taken where the file has a tensor of its name
/// and its sizes; every other starts by the seed, as without the file.</summary>
public static class InitialFile
{
    /// <summary>What would be taken; null where the job names no file.</summary>
    /// <exception cref="JobException">The file cannot be used, or nothing in it matches.</exception>
    public static InitialMatch? Match(Job job, IReadOnlyList<ParameterShape> shape)
    {
        if (job.Model.Init is not { } path)
        {
            return null;
        }

        using var file = Open(path);
        return InitialMatch.Of(file, shape);
    }

    /// <summary>SHA-256 of the file; null where the job names none. Every silo must start from the same bytes.</summary>
    public static string? Digest(Job job)
    {
        if (job.Model.Init is not { } path)
        {
            return null;
        }

        try
        {
            using var file = File.OpenRead(path);
            return Convert.ToHexStringLower(SHA256.HashData(file));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new JobException($"model.init: {path} cannot be read: {e.Message}");
        }
    }

    /// <summary>Checks that this machine's file is the one that the job began with.</summary>
    /// <exception cref="JobException">It is another.</exception>
    public static void Verify(Job job, DataFacts facts, string silo)
    {
        if (Digest(job) is { } digest && digest != facts.InitDigest)
        {
            throw new JobException($"model.init: {job.Model.Init} as silo {silo} sees it is not the file that the job began with "
                + $"(sha256 {digest[..12]}, not {facts.InitDigest?[..12]}). Give every silo the same file, and leave it alone while the job runs.");
        }
    }

    /// <summary>Puts the file's tensors in the place of the initial weights that they match.</summary>
    public static void Overlay<T>(Job job, IReadOnlyList<ParameterShape> shape, Span<T> flat)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (job.Model.Init is not { } path)
        {
            return;
        }

        using var file = Open(path);
        var taken = InitialMatch.Of(file, shape).Taken.ToHashSet();
        var tensors = file.Tensors.ToDictionary(t => t.Name);
        var at = 0;
        foreach (var parameter in shape)
        {
            var count = checked((int)parameter.Count);
            if (taken.Contains(parameter.Name))
            {
                file.Read(tensors[parameter.Name], flat.Slice(at, count));
            }

            at += count;
        }
    }

    private static SafetensorsFile Open(string path)
    {
        try
        {
            return SafetensorsFile.Open(path);
        }
        catch (JobException e)
        {
            throw new JobException($"model.init: {e.Message}");
        }
    }
}
