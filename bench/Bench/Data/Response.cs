namespace Granary.Bench.Data;

/// <summary>How a row's target comes of its sum of effects, and what a prediction of its mean costs.</summary>
internal abstract class Response
{
    /// <summary>The figure that the mean loss becomes: "log-loss".</summary>
    public abstract string Figure { get; }

    /// <summary>The target's mean, given the sum of effects.</summary>
    public abstract double Mean(double sum);

    /// <summary>Draws a target, and writes it.</summary>
    public abstract double Write(RowWriter row, Draws draws, double mean);

    /// <summary>What a prediction costs.</summary>
    public abstract double Loss(double target, double predicted);

    /// <summary>What the mean itself costs as a prediction, on average over the targets: no prediction costs less.</summary>
    public abstract double Least(double mean);

    /// <summary>The figure of a mean loss.</summary>
    public virtual double Of(double meanLoss) => meanLoss;
}

/// <summary>1 with the probability 1 / (1 + e^-sum), else 0; judged by log-loss.</summary>
internal sealed class ClassResponse : Response
{
    private const double Nearly = 1e-15; // as scikit-learn bounds probabilities

    /// <inheritdoc/>
    public override string Figure => "log-loss";

    /// <inheritdoc/>
    public override double Mean(double sum) => 1 / (1 + Math.Exp(-sum));

    /// <inheritdoc/>
    public override double Write(RowWriter row, Draws draws, double mean)
    {
        var target = draws.Happens(mean) ? 1 : 0;
        row.Whole(target);
        return target;
    }

    /// <inheritdoc/>
    public override double Loss(double target, double predicted) => -Math.Log(Math.Clamp(target == 1 ? predicted : 1 - predicted, Nearly, 1));

    /// <inheritdoc/>
    public override double Least(double mean) => (mean * Loss(1, mean)) + ((1 - mean) * Loss(0, mean));
}

/// <summary>A number of this mean, times log-normal noise of mean 1: errors grow with the mean, and are skewed. Judged by RMSE.</summary>
/// <param name="sigma">The deviation of the noise's logarithm.</param>
internal sealed class NumberResponse(double sigma) : Response
{
    /// <inheritdoc/>
    public override string Figure => "RMSE";

    /// <inheritdoc/>
    public override double Mean(double sum) => sum;

    /// <inheritdoc/>
    public override double Write(RowWriter row, Draws draws, double mean) => row.Number(mean * Math.Exp((sigma * draws.Normal()) - (sigma * sigma / 2)), 0);

    /// <inheritdoc/>
    public override double Loss(double target, double predicted) => (target - predicted) * (target - predicted);

    /// <inheritdoc/>
    public override double Least(double mean) => mean * mean * (Math.Exp(sigma * sigma) - 1);

    /// <inheritdoc/>
    public override double Of(double meanLoss) => Math.Sqrt(meanLoss);
}

/// <summary>A count of the mean e^sum; judged by the mean Poisson deviance.</summary>
internal sealed class CountResponse : Response
{
    private const double Deviations = 12; // beyond which counts are too rare to matter

    /// <inheritdoc/>
    public override string Figure => "Poisson deviance";

    /// <inheritdoc/>
    public override double Mean(double sum) => Math.Exp(sum);

    /// <inheritdoc/>
    public override double Write(RowWriter row, Draws draws, double mean)
    {
        var target = draws.Poisson(mean);
        row.Whole(target);
        return target;
    }

    /// <inheritdoc/>
    public override double Loss(double target, double predicted) => 2 * ((target > 0 ? target * Math.Log(target / predicted) : 0) - target + predicted);

    /// <inheritdoc/>
    public override double Least(double mean)
    {
        var (sum, logOfProbability) = (0.0, -mean); // of the count 0
        for (var count = 0; count <= mean + (Deviations * Math.Sqrt(mean)) + Deviations; count++)
        {
            sum += Math.Exp(logOfProbability) * Loss(count, mean);
            logOfProbability += Math.Log(mean / (count + 1));
        }

        return sum;
    }
}
