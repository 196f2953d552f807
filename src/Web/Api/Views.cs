using System.Text.Json;
using Granary.Contracts;

namespace Granary.Web.Api;

/// <summary>The cluster's records as documents.</summary>
internal static class Views
{
    /// <summary>A silo.</summary>
    public static SiloDocument Of(SiloInfo s) => new(s.Name, s.State, s.Pid, s.Address, s.Threads, s.Device, s.Gflops, s.Platform);

    /// <summary>A job.</summary>
    public static JobDocument Of(JobStatus s) => new()
    {
        Job = s.JobId,
        Name = s.Name,
        State = Name(s.State),
        Activity = s.Activity,
        Step = s.Step,
        Steps = s.Steps,
        Epochs = s.Epochs,
        StepsPerEpoch = s.StepsPerEpoch,
        Generation = s.Generation,
        Recoveries = s.Recoveries,
        Examples = s.Examples,
        ExamplesPerSecond = s.ExamplesPerSecond,
        Seconds = s.Seconds,
        Submitted = s.Submitted,
        Shards = s.Shards,
        Priority = s.Priority,
        Group = s.Group,
        Owner = s.Owner,
        DurableStep = s.Durable,
        Coordinator = s.Coordinator,
        Members = [.. s.Members.Select(m => new MemberDocument(m.Name, m.Pid, m.FirstShard, m.EndShard, m.ComputeSeconds, m.ExchangeSeconds))],
        Idle = s.Idle,
        Absent = [.. s.Absent.Select(a => new AbsentDocument(a.Name, a.Why))],
        WaitingFor = s.WaitingFor,
        Failure = s.Failure,
        Result = s.Result is { } r
            ? new ResultDocument(r.Model, r.Parameters, r.Step, r.StoppedEarly, r.TrainLoss, r.ValidationLoss, r.ValidationAccuracy, r.WeightsSha256, r.Output, r.ValidationNumbers?.Rmse, r.ValidationNumbers?.Mae, r.ValidationNumbers?.R2, r.ValidationFigures)
            : null,
    };

    /// <summary>What a job is doing.</summary>
    public static ActivityDocument Of(JobActivity a) => new(
        a.Activity, a.Step, a.Seconds, a.WaitingFor, [.. a.Ranks.Select(r => new RankDocument(r.Rank, r.Silo, r.Words, r.Seconds, r.WaitsFor, r.Shards))]);

    /// <summary>Where a job's time went.</summary>
    public static GoodputDocument Of(GoodputReport g) => new(
        g.JobId, g.WallSeconds, g.Goodput,
        [.. g.Parts.Select(p => new TimePartDocument(GoodputReport.Name(p.Part), p.Seconds, g.WallSeconds > 0 ? p.Seconds / g.WallSeconds : 0, GoodputReport.IsGood(p.Part)))],
        g.StepsRedone, g.ExamplesInVain, g.Recoveries);

    /// <summary>An event.</summary>
    public static EventDocument Of(JobEvent e, string id) => new(
        id, e.At, Name(e.Kind), e.Step, e.Generation, e.Silo, e.Message, e.Rewind is { } r ? new RewindDocument(r.From, r.To, r.Checkpoint) : null);

    private static string Name<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.CamelCase.ConvertName(value.ToString());
}
