using System.ComponentModel;
using Microsoft.AspNetCore.Mvc;

namespace Granary.Web.Submitting;

/// <summary>How a job is handed in.</summary>
public sealed record SubmitQuery
{
    /// <summary>The job file's name.</summary>
    [FromQuery(Name = "file"), Description("The job file's name, for messages, and for the job's name where the file gives none. Default: job.yaml.")]
    public string? File { get; init; }

    /// <summary>Where relative paths start.</summary>
    [FromQuery(Name = "folder"), Description("Absolute folder, as the silos see it, where relative paths of the job file start. Default: the silo's current one.")]
    public string? Folder { get; init; }

    /// <summary>key=value over the job file.</summary>
    [FromQuery(Name = "set"), Description("key=value over the job file; may be given again.")]
    public string[]? Set { get; init; }

    /// <summary>Folder for the model.</summary>
    [FromQuery(Name = "output"), Description("Absolute folder for the model, as the silos see it. Default: the cluster's own place.")]
    public string? Output { get; init; }

    /// <summary>Whether results may be replaced.</summary>
    [FromQuery(Name = "overwrite"), Description("Whether results of another run that the output holds may be replaced. Default: no.")]
    public bool? Overwrite { get; init; }

    /// <summary>Jobs of a higher priority start first.</summary>
    [FromQuery(Name = "priority"), Description("Jobs of a higher priority start first. Default: 0.")]
    public int? Priority { get; init; }

    /// <summary>What jobs that belong together have in common.</summary>
    [FromQuery(Name = "group"), Description("What jobs that belong together have in common.")]
    public string? Group { get; init; }

    /// <summary>Whether the data is read first.</summary>
    [FromQuery(Name = "check"), Description("Whether all of the data is read before the job is taken. Default: yes.")]
    public bool? Check { get; init; }
}
