using Granary.Contracts;
using Granary.Grains.Exchange;
using Granary.Jobs;

namespace Granary.Grains.Workers;

/// <summary>All that a worker needs to know to take part in a generation.</summary>
/// <param name="Assignment">Its place.</param>
/// <param name="Facts">What the shards agreed on.</param>
/// <param name="Shape">The network's parameters.</param>
/// <param name="Layout">Who owns and sends what.</param>
/// <param name="Batches">Which examples a step takes.</param>
internal sealed record TrainingTask(
    Assignment Assignment, DataFacts Facts, IReadOnlyList<ParameterShape> Shape, ExchangeLayout Layout, BatchPlan Batches)
{
    public Job Job => Assignment.Job;

    public string JobId => Assignment.Generation.JobId;

    public static TrainingTask Create(Assignment assignment, DataFacts facts)
    {
        var job = assignment.Job;
        var shape = ModelShape.Of(job.Model, facts.Shape);
        var layout = new ExchangeLayout(
            BlockPlan.Of(job, shape), new ShardPlan(job.Data.Shards, assignment.Members.Count));
        return new TrainingTask(
            assignment, facts, shape, layout, BatchPlan.Of(job, facts.TrainingRows));
    }
}
