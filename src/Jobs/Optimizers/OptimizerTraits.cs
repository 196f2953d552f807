namespace Granary.Jobs;

/// <summary>What an optimiser needs from the rest of the system. By default it updates each weight by itself, from the step's averaged gradient.</summary>
public sealed record OptimizerTraits
{
    private static readonly Dictionary<OptimizerKind, OptimizerTraits> All = new()
    {
        [OptimizerKind.Sgd] = new(),
        [OptimizerKind.Momentum] = new() { StateVectors = _ => 1 },
        [OptimizerKind.Adam] = new() { StateVectors = _ => 2 },
        [OptimizerKind.AdamW] = new() { StateVectors = _ => 2 },
        [OptimizerKind.Lbfgs] = new()
        {
            StateVectors = o => 2 * o.Memory,
            SearchesAlongLines = true,
            MostWeights = OptimizerSection.MaxLbfgsWeights,
            WorkingNumbers = 2,
            WorkingDoubles = 3,
        },
        [OptimizerKind.Own] = new() { StateVectors = OwnOptimizerKinds.StateVectors },
    };

    /// <summary>Vectors of state that it keeps beside the weights, each with a number for every weight.</summary>
    public Func<OptimizerSection, int> StateVectors { get; private init; } = _ => 0;

    /// <summary>Whether a step is a search along a line: passes over all training data, in one order, as many as it turns out to take, each looking at the
    /// whole gradient. Such a job may be done before its last step.</summary>
    public bool SearchesAlongLines { get; private init; }

    /// <summary>The most weights that it takes; null: any number.</summary>
    public long? MostWeights { get; private init; }

    /// <summary>Numbers of the job's precision that every silo holds for each weight of the model while it searches.</summary>
    public int WorkingNumbers { get; private init; }

    /// <summary>The same in float64.</summary>
    public int WorkingDoubles { get; private init; }

    /// <summary>Those of a job's optimiser.</summary>
    public static OptimizerTraits Of(OptimizerSection optimizer) => All[optimizer.Kind];
}
