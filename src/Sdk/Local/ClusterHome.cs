using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Granary.Jobs;
using Granary.Sdk.Connecting;

namespace Granary.Sdk.Local;

/// <summary>What a lasting local cluster writes down about itself.</summary>
/// <param name="ClusterId">Its id.</param>
/// <param name="Silos">How many silos it keeps up.</param>
/// <param name="Joined">How many of them have joined, and run.</param>
/// <param name="SupervisorPid">The process that keeps them up.</param>
/// <param name="Web">Address of its HTTP API and page; null: none.</param>
/// <param name="Dashboard">Address of the Aspire dashboard that its telemetry goes to; null: there is none.</param>
internal sealed record ClusterRecord(string ClusterId, int Silos, int Joined, int SupervisorPid, Uri? Web = null, Uri? Dashboard = null);

/// <summary>The home directory of a lasting local cluster.</summary>
/// <param name="path">The directory.</param>
internal sealed class ClusterHome(string path)
{
    private static readonly JsonSerializerOptions Web = new(JsonSerializerDefaults.Web);

    // Any of these says that it is a cluster's home; the others do so where an earlier version has made it.
    private static readonly string[] Marks = [".granary-home", "membership.db", "supervisor.lock"];

    // A disk of its own has this folder from the start.
    private const string MountPoint = "lost+found";

    /// <summary>The directory.</summary>
    public string Path { get; } = System.IO.Path.GetFullPath(path);

    /// <summary>Where the silos' logs are.</summary>
    public string Logs => System.IO.Path.Combine(Path, "logs");

    /// <summary>The key that makes whoever can read it an operator of the cluster, where its silos ask for tokens.</summary>
    public string OperatorKey => System.IO.Path.Combine(Path, "operator.key");

    private string RecordFile => System.IO.Path.Combine(Path, "cluster.json");

    /// <summary>Makes the directory, if it is missing. One that holds anything must be a cluster's.</summary>
    /// <exception cref="LocalClusterException">It cannot be made, or is none of a cluster's.</exception>
    public void Make()
    {
        try
        {
            using var made = new NewFolder(Path);
            var isOwn = Array.Exists(Marks, m => File.Exists(System.IO.Path.Combine(Path, m)));
            if (!isOwn && Directory.EnumerateFileSystemEntries(Path).FirstOrDefault(e => System.IO.Path.GetFileName(e) != MountPoint) is { } other)
            {
                throw new LocalClusterException(
                    $"{Path}: this is no cluster's home, and is not empty ({System.IO.Path.GetFileName(other)}): name another folder as --home (GRANARY_HOME).");
            }

            if (!isOwn)
            {
                WholeFile.Write(System.IO.Path.Combine(Path, Marks[0]), "The home of a Granary cluster.\n");
            }

            Directory.CreateDirectory(Logs);
            made.Keep();
        }
        catch (Exception e) when (e is JobException || FileTrouble.Is(e))
        {
            throw new LocalClusterException($"the cluster's home (--home, GRANARY_HOME) cannot be used: {e.Message}");
        }
    }

    /// <summary>The cluster that runs here; null when none does, whatever an earlier one left behind.</summary>
    public ClusterRecord? Running()
    {
        try
        {
            var record = JsonSerializer.Deserialize<ClusterRecord>(File.ReadAllText(RecordFile), Web);
            return record is not null && IsSupervisor(record.SupervisorPid) ? record : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }

    /// <summary>Writes the record, whole or not at all.</summary>
    public void Write(ClusterRecord record)
    {
        Directory.CreateDirectory(Path);
        WholeFile.Write(RecordFile, JsonSerializer.Serialize(record, Web));
    }

    /// <summary>How many silos are wanted: the supervisor looks here.</summary>
    public int? Wanted()
    {
        try
        {
            return int.Parse(File.ReadAllText(WantedFile), CultureInfo.InvariantCulture);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException or OverflowException)
        {
            return null;
        }
    }

    /// <summary>Says how many silos are wanted.</summary>
    public void Want(int silos)
    {
        Directory.CreateDirectory(Path);
        WholeFile.Write(WantedFile, silos.ToString(CultureInfo.InvariantCulture));
    }

    private string WantedFile => System.IO.Path.Combine(Path, "silos");

    /// <summary>Removes the record.</summary>
    public void Forget() => File.Delete(RecordFile);

    /// <summary>Where clients find the cluster.</summary>
    /// <exception cref="ClusterUnreachableException">None runs here.</exception>
    public ClusterAddress Address() => Running() is { } record
        ? new ClusterAddress(record.ClusterId, System.IO.Path.Combine(Path, "membership.db"), null, record.Web)
        : throw new ClusterUnreachableException($"no cluster runs under {Path}. Start one with: granary up --home {Path}");

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
