using System.Numerics;
using System.Security.Cryptography;
using Granary.Jobs;

namespace Granary.Model.Training;

/// <summary>The file that a job's weights start from (model.init). A parameter is taken where the file has a tensor of its name and its
/// sizes; within it, rows and columns that stand for a class, a feature or a token are taken by its name. All else starts by the seed, as without
/// the file.</summary>
public static class InitialFile
{
    /// <summary>What would be taken; null where the job names no file.</summary>
    /// <param name="job">The job.</param>
    /// <param name="facts">What its data says: the names of its classes, features or tokens.</param>
    /// <param name="shape">Its network's parameters.</param>
    /// <exception cref="JobException">The file cannot be used, or nothing in it matches.</exception>
    public static InitialMatch? Match(Job job, DataFacts facts, IReadOnlyList<ParameterShape> shape)
    {
        if (job.Model.Init is not { } path)
        {
            return null;
        }

        using var tensors = InitialTensors.Open(path, shape);
        return InitialMatcher.Match(tensors, job, facts, shape);
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
            using var file = JobFiles.OpenRead(path);
            return Convert.ToHexStringLower(SHA256.HashData(file));
        }
        catch (Exception e) when (e is (IOException and not FileStoreException) or UnauthorizedAccessException)
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

    /// <summary>Puts what the file has in the place of the initial weights that it matches.</summary>
    /// <inheritdoc cref="Match"/>
    /// <param name="flat">The flat vector, as it starts by the seed.</param>
    public static void Overlay<T>(Job job, DataFacts facts, IReadOnlyList<ParameterShape> shape, Span<T> flat)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (job.Model.Init is not { } path)
        {
            return;
        }

        using var tensors = InitialTensors.Open(path, shape);
        var sources = InitialMatcher.Match(tensors, job, facts, shape).Sources;
        var at = 0;
        foreach (var parameter in shape)
        {
            var count = checked((int)parameter.Count);
            if (sources.TryGetValue(parameter.Name, out var source))
            {
                source.Read(tensors.File, parameter.Dims, flat.Slice(at, count));
            }

            at += count;
        }
    }
}
