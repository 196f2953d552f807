using Granary.Contracts;

namespace Granary.Client.Display;

/// <summary>All that has been seen of a job: its newest status and every metric point.</summary>
internal sealed class JobHistory
{
    private readonly List<MetricPoint> _points = [];

    /// <summary>The newest status.</summary>
    public JobStatus? Status { get; private set; }

    /// <summary>Every metric point of the present generation.</summary>
    public IReadOnlyList<MetricPoint> Points => _points;

    /// <summary>Takes the next status in.</summary>
    public void Add(JobStatus status)
    {
        if (Status is not null && status.Generation != Status.Generation)
        {
            _points.Clear();
        }

        _points.AddRange(status.Points);
        Status = status;
    }

    /// <summary>The newest loss.</summary>
    public double? Loss => _points.Count > 0 ? _points[^1].Loss : null;

    /// <summary>The newest evaluation.</summary>
    public MetricPoint? LastEvaluation => _points.LastOrDefault(p => p.ValidationLoss is not null);

    /// <summary>Seconds to go, by the recent pace.</summary>
    public double? SecondsLeft => Status is { } s ? TimeLeft.Of(s) : null;
}
