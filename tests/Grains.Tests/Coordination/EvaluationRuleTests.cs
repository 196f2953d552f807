using CsCheck;
using Granary.Grains.Coordination;
using Granary.Jobs;

namespace Granary.Grains.Tests;

public class EvaluationRuleTests
{
    private static TrainingSection Training(int patience, HeldOutFigure figure = HeldOutFigure.Loss, double delta = 0, KeptModel keep = KeptModel.Last) => new()
    {
        Epochs = 30,
        EarlyStopping = new EarlyStoppingSection { Patience = patience, Figure = figure, MinDelta = delta },
        Keep = keep,
    };

    private static HeldOutStanding Stand(EvaluationRule rule, params double[] figures)
    {
        HeldOutStanding? standing = null;
        for (var i = 0; i < figures.Length; i++)
        {
            standing = rule.Next(standing, (i + 1) * 10, new Evaluation(5, figures[i], figures[i]));
        }

        return standing!;
    }

    [Theory]
    [InlineData(HeldOutFigure.Loss, 0, 30, 0, 1.0, 0.5, 0.4)]
    [InlineData(HeldOutFigure.Loss, 0, 20, 2, 1.0, 0.5, 0.5, 0.6)] // no better is no improvement, and the first of equals stays
    [InlineData(HeldOutFigure.Loss, 0.2, 40, 2, 1.0, 0.5, 0.4, 0.35)] // small gains make the best version, but no improvement
    [InlineData(HeldOutFigure.Loss, 0.2, 40, 0, 1.0, 0.5, 0.4, 0.2)] // gains add up
    [InlineData(HeldOutFigure.Accuracy, 0, 20, 1, 0.5, 0.9, 0.8)]
    [InlineData(HeldOutFigure.Loss, 0, 20, 1, double.NaN, 2.0, double.NaN)]
    [InlineData(HeldOutFigure.Loss, 0, 10, 2, double.NaN, double.NaN, double.NaN)]
    public void The_best_and_the_time_since_the_last_improvement_are_known(HeldOutFigure figure, double delta, long best, int stale, params double[] figures)
    {
        var standing = Stand(new EvaluationRule(Training(5, figure, delta)), figures);
        Assert.Equal((best, stale), (standing.BestStep, standing.Stale));
    }

    // Whatever the figures, a job that is granted no step beyond its horizon never takes one that it should not have taken, and it
    // always may take one more unless it has stopped.
    [Fact]
    public void Nothing_beyond_the_horizon_is_ever_needed() => Gen.Select(Gen.Int[1, 4], Gen.Int[0, 3].Array[30], Gen.Bool).Sample(t =>
    {
        var (patience, figures, best) = t;
        var rule = new EvaluationRule(Training(patience, keep: best ? KeptModel.Best : KeptModel.Last));
        var batches = new BatchPlan([25], 5, 30);
        HeldOutStanding? standing = null;
        for (var epochs = 0; epochs < 30; epochs++)
        {
            var horizon = rule.Horizon(standing, epochs, batches);
            Assert.InRange(horizon, (epochs + 1) * 5, best ? (epochs + 1) * 5 : 150);

            // The soonest that it could stop: nothing after this is an improvement.
            var (worst, at) = (standing, epochs);
            while (at < 30 && !rule.Stops(worst))
            {
                worst = rule.Next(worst, ++at * 5, new Evaluation(5, 9, 0));
            }

            Assert.Equal(best ? (epochs + 1) * 5 : at * 5, horizon);
            standing = rule.Next(standing, (epochs + 1) * 5, new Evaluation(5, figures[epochs], 0));
            var last = Enumerable.Range(0, epochs + 1).Aggregate((Mark: double.PositiveInfinity, At: 0), (m, e) => figures[e] < m.Mark ? (figures[e], e) : m).At;
            Assert.Equal(epochs - last >= patience, rule.Stops(standing));
            if (rule.Stops(standing))
            {
                return;
            }
        }
    });
}
