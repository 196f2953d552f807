using Granary.Contracts;
using Granary.Jobs;

namespace Granary.Grains.Coordination;

/// <summary>What a job must not forget.</summary>
[GenerateSerializer, Alias("granary.CoordinatorState")]
internal sealed class CoordinatorState
{
    [Id(0)] public Submission? Submission { get; set; }

    [Id(1)] public JobState State { get; set; }

    [Id(2)] public long Generation { get; set; }

    [Id(3)] public int Recoveries { get; set; }

    [Id(4)] public DataFacts? Facts { get; set; }

    [Id(5)] public string? Failure { get; set; }

    [Id(6)] public JobResult? Result { get; set; }

    [Id(7)] public DateTimeOffset Submitted { get; set; }

    [Id(8)] public List<MetricPoint> Points { get; set; } = [];

    [Id(9)] public double Seconds { get; set; }

    [Id(10)] public long Step { get; set; }

    [Id(11)] public long Examples { get; set; }

    [Id(12)] public List<MemberStatus> Members { get; set; } = [];

    [Id(13)] public bool CancelAsked { get; set; }
}
