using Granary.Contracts;
using Granary.Jobs;
using Granary.Sdk.Submitting;

namespace Granary.Sdk;

/// <summary>How a job is handed to a cluster.</summary>
public sealed class SubmitOptions
{
    /// <summary>Folder for the model and what goes with it; relative to the current one. Default: runs/JOB-ID for a cluster that
    /// <see cref="GranaryCluster"/> has started, the cluster's own place for any other.</summary>
    public string? Output { get; set; }

    /// <summary>Whether results of another run that the output holds may be replaced. Default: no.</summary>
    public bool Overwrite { get; set; }

    /// <summary>Jobs of a higher priority start first; among equals, those submitted first. Default: 0.</summary>
    public int Priority { get; set; }

    /// <summary>Output folder of a shorter run of the same job, completed or cancelled, to go on from. Default: none.</summary>
    public string? ContinueFrom { get; set; }

    /// <summary>What jobs that belong together have in common, for people. Default: nothing.</summary>
    public string? Group { get; set; }

    /// <summary>Whether all of the data is read before the job is handed over, so that what is wrong with it is known at once. Where this machine
    /// does not see the data, say no: then a job whose data is wrong fails. Default: yes.</summary>
    public bool CheckData { get; set; } = true;

    /// <exception cref="JobRefusedException">The output, or the run to go on from, cannot be used.</exception>
    internal Submission Submission(Job job, LocalPaths? local, IReadOnlyList<JobWarning>? warnings)
    {
        var id = RandomName.Of(job);
        var from = ContinueFrom is { } run ? Continued(run, job) : null;
        var output = Output is not null ? UserPath.Absolute(Output, Environment.CurrentDirectory) : local is not null && job.Output.Path is null ? Path.Combine(local.Outputs, id) : null;
        if (output is not null && local is not null)
        {
            try
            {
                new RunFolder(output, id).Try(Overwrite, from);
            }
            catch (JobException e)
            {
                throw new JobRefusedException(e);
            }
        }

        return new Submission(job, output, id, Priority, from, Group, warnings, Overwrite, local?.Silos);
    }

    private static string Continued(string run, Job job)
    {
        try
        {
            return ContinuedRun.Refusal(run, job) is { } refusal ? throw new JobRefusedException($"{nameof(ContinueFrom)} {run}: {refusal}.") : Path.GetFullPath(run);
        }
        catch (JobException e)
        {
            throw new JobRefusedException(e);
        }
    }
}
