namespace Granary.Bench.Quiet;

/// <summary>One process as /proc has it.</summary>
/// <param name="Pid">Its id.</param>
/// <param name="Began">Ticks from the machine's start to its own; with the id, its identity.</param>
/// <param name="Parent">Its parent's id.</param>
/// <param name="Ticks">Processor time of its own and of its children that have ended and been waited for.</param>
internal sealed record ProcessEntry(int Pid, long Began, int Parent, long Ticks)
{
    private const int State = 3, ParentAt = 4, UserTime = 14, ChildrenSystemTime = 17, StartTime = 22; // fields of proc_pid_stat(5)

    /// <summary>From a line of /proc/PID/stat.</summary>
    public static ProcessEntry Parse(string line)
    {
        var fields = line[(line.LastIndexOf(')') + 2)..].Split(' '); // the name before may hold anything
        return new ProcessEntry(
            int.Parse(line.AsSpan(0, line.IndexOf(' '))), long.Parse(fields[StartTime - State]), int.Parse(fields[ParentAt - State]),
            fields[(UserTime - State)..(ChildrenSystemTime - State + 1)].Sum(long.Parse));
    }
}

/// <summary>
/// The processor time of a process and all that it started. A process whose parent has ended stays one of them; what it had when it was
/// last seen counts after its end. One that its parent waited for is in its parent's time.
/// </summary>
/// <param name="root">The process at the top.</param>
internal sealed class OwnTime(int root)
{
    private readonly Dictionary<(int Pid, long Began), ProcessEntry> _own = [];
    private long _gone;

    /// <summary>Ticks so far, with the processes as they are now.</summary>
    public long Observe(IReadOnlyCollection<ProcessEntry> all)
    {
        var now = all.ToDictionary(p => (p.Pid, p.Began));
        var gone = _own.Where(o => !now.ContainsKey(o.Key)).Select(o => o.Value).ToDictionary(p => p.Pid);
        foreach (var process in gone.Values)
        {
            _own.Remove((process.Pid, process.Began));
        }

        _gone += gone.Values.Where(p => !IsWaitedFor(p, gone)).Sum(p => p.Ticks);
        foreach (var key in _own.Keys.ToArray())
        {
            _own[key] = now[key];
        }

        for (var found = true; found;)
        {
            found = false;
            foreach (var process in all.Where(p => !_own.ContainsKey((p.Pid, p.Began))))
            {
                if (process.Pid == root || _own.Values.Any(o => o.Pid == process.Parent))
                {
                    _own.Add((process.Pid, process.Began), process);
                    found = true;
                }
            }
        }

        return _gone + _own.Values.Sum(p => p.Ticks);
    }
    // By a parent that is still there, or by one whose own parent is.
    private bool IsWaitedFor(ProcessEntry process, Dictionary<int, ProcessEntry> gone) =>
        gone.TryGetValue(process.Parent, out var parent) ? IsWaitedFor(parent, gone) : _own.Values.Any(o => o.Pid == process.Parent);
}
