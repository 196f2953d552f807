using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Granary.Client.Local;

/// <summary>What a lasting local cluster writes down about itself.</summary>
/// <param name="ClusterId">Its id.</param>
/// <param name="Silos">How many silos it keeps up.</param>
/// <param name="Joined">How many of them have joined, and run.</param>
/// <param name="SupervisorPid">The process that keeps them up.</param>
internal sealed record ClusterRecord(string ClusterId, int Silos, int Joined, int SupervisorPid);

/// <summary>The home directory of a lasting local cluster.</summary>
/// <param name="path">The directory.</param>
internal sealed class ClusterHome(string path)
{
    private static readonly JsonSerializerOptions Web = new(JsonSerializerDefaults.Web);

    /// <summary>The directory.</summary>
    public string Path { get; } = System.IO.Path.GetFullPath(path);

    /// <summary>Where the silos' logs are.</summary>
    public string Logs => System.IO.Path.Combine(Path, "logs");

    private string RecordFile => System.IO.Path.Combine(Path, "cluster.json");

    /// <summary>The cluster that runs here; null when none does, whatever an earlier one left behind.</summary>
    public ClusterRecord? Running()
    {
        try
        {
            var record = JsonSerializer.Deserialize<ClusterRecord>(File.ReadAllText(RecordFile), Web);
            return record is not null && IsSupervisor(record.SupervisorPid) ? record : null;
        }
        catch (Exception e) when (e is IOException or JsonException)
        {
            return null;
        }
    }

    /// <summary>Writes the record, whole or not at all.</summary>
    public void Write(ClusterRecord record)
    {
        Directory.CreateDirectory(Path);
        File.WriteAllText(RecordFile + ".tmp", JsonSerializer.Serialize(record, Web));
        File.Move(RecordFile + ".tmp", RecordFile, overwrite: true);
    }

    /// <summary>How many silos are wanted: the supervisor looks here.</summary>
    public int? Wanted()
    {
        try
        {
            return int.Parse(File.ReadAllText(WantedFile), CultureInfo.InvariantCulture);
        }
        catch (Exception e) when (e is IOException or FormatException or OverflowException)
        {
            return null;
        }
    }

    /// <summary>Says how many silos are wanted.</summary>
    public void Want(int silos)
    {
        Directory.CreateDirectory(Path);
        File.WriteAllText(WantedFile + ".tmp", silos.ToString(CultureInfo.InvariantCulture));
        File.Move(WantedFile + ".tmp", WantedFile, overwrite: true);
    }

    private string WantedFile => System.IO.Path.Combine(Path, "silos");

    /// <summary>Removes the record.</summary>
    public void Forget() => File.Delete(RecordFile);

    /// <summary>Where clients find the cluster.</summary>
    /// <exception cref="UserException">None runs here.</exception>
    public ClusterAddress Address() => Running() is { } record
        ? new ClusterAddress(record.ClusterId, System.IO.Path.Combine(Path, "membership.db"), null)
        : throw new UserException(ExitCode.Unreachable, $"no cluster runs under {Path}. Start one with: granary up --home {Path}");

    // A pid may have been given to somebody else since: only a process that was told this home counts.
    private bool IsSupervisor(int pid)
    {
        try
        {
            using var process = Process.GetProcessById(pid);
            return !OperatingSystem.IsLinux() || File.ReadAllText($"/proc/{pid}/cmdline").Split('\0') is var told
                && told.Contains("supervise") && told.Contains(Path);
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or IOException)
        {
            return false;
        }
    }
}
