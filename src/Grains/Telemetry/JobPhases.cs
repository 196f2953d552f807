namespace Granary.Grains.Telemetry;

/// <summary>What a job did one after the other since its submission. It is part of the job's stored state: the trace of the job is made
/// from it at the job's end, whichever coordinators it had.</summary>
[GenerateSerializer, Alias("granary.JobPhases")]
public sealed class JobPhases
{
    // Beyond these some in the middle become part of what came before them.
    private const int Most = 200;

    /// <summary>Names, in order.</summary>
    [Id(0)] public List<string> Names { get; set; } = [];

    /// <summary>When each began.</summary>
    [Id(1)] public List<DateTimeOffset> Began { get; set; } = [];

    /// <summary>Another one begins. The same again changes nothing.</summary>
    public void Enter(string name, DateTimeOffset now)
    {
        if (Names.Count > 0 && Names[^1] == name)
        {
            return;
        }

        Names.Add(name);
        Began.Add(Began.Count > 0 && Began[^1] > now ? Began[^1] : now);
        if (Names.Count > Most)
        {
            Names.RemoveAt(Most / 3);
            Began.RemoveAt(Most / 3);
        }
    }

    /// <summary>All of them, each until the next.</summary>
    /// <param name="end">When the last one ended.</param>
    public IEnumerable<(string Name, DateTimeOffset Began, DateTimeOffset Ended)> Until(DateTimeOffset end)
    {
        for (var i = 0; i < Names.Count; i++)
        {
            var ended = i + 1 < Names.Count ? Began[i + 1] : end;
            yield return (Names[i], Began[i], ended > Began[i] ? ended : Began[i]);
        }
    }
}
