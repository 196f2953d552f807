using Granary.Jobs;

namespace Granary.Model.Custom;

/// <summary>What a job file says to an optimiser of one's own: <c>weightDecay</c>, and <c>training.optimizer.options</c>, read by name. An option
/// that is never asked for is refused once the optimiser has been made.</summary>
public sealed class OptimizerOptions
{
    private readonly ModelOptions _options;

    internal OptimizerOptions(OptimizerSection section) =>
        (WeightDecay, _options) = (section.WeightDecay, new ModelOptions(section.KindName(), section.Options, "training.optimizer.options"));

    /// <summary>lambda. It is for weights of runs that decay alone.</summary>
    public double WeightDecay { get; }

    /// <inheritdoc cref="ModelOptions.Int"/>
    public int Int(string name, int fallback, int min = int.MinValue, int max = int.MaxValue) => _options.Int(name, fallback, min, max);

    /// <inheritdoc cref="ModelOptions.Number"/>
    public double Number(string name, double fallback, double min = double.MinValue, double max = double.MaxValue) => _options.Number(name, fallback, min, max);

    /// <inheritdoc cref="ModelOptions.Bool"/>
    public bool Bool(string name, bool fallback) => _options.Bool(name, fallback);

    /// <inheritdoc cref="ModelOptions.Text"/>
    public string? Text(string name, string? fallback) => _options.Text(name, fallback);

    internal void RefuseOthers() => _options.RefuseOthers();
}
