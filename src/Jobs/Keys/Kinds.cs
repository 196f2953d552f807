namespace Granary.Jobs;

/// <summary>What keys of the job file can belong to.</summary>
internal static class Kinds
{
    /// <summary>Another kind is the way out where kinds are of one's own choice.</summary>
    private const string AnotherKind = "take it out, or choose another kind";

    /// <summary>Kinds of models.</summary>
    public static KindKey Model { get; } = new("model.kind", j => j.Model.Kind, () => [.. ModelKinds.BuiltIn.Select(d => d.Kind)]);

    /// <summary>Formats of data.</summary>
    public static KindKey Format { get; } = new("data.format", j => j.Data.Format, () => [.. FormatKinds.BuiltIn.Select(d => d.Format)]);

    /// <summary>What labels are taken for.</summary>
    public static KindKey Target { get; } = KindKey.Of("data.target", j => Kebab.Name(j.Data.Target), LabelTarget.Auto);

    /// <summary>Losses.</summary>
    public static KindKey Loss { get; } = KindKey.Of("model.loss", j => Kebab.Name(j.Model.Loss), Jobs.Loss.CrossEntropy);

    /// <summary>Kinds of tokens.</summary>
    public static KindKey Tokens { get; } = KindKey.Of("data.tokens", j => Kebab.Name(j.Data.Tokens), TokenKind.Char);

    /// <summary>Optimisers.</summary>
    public static KindKey Optimizer { get; } =
        new("training.optimizer.kind", j => j.Training.Optimizer.KindName(), () => [.. OwnOptimizerKinds.BuiltIn.Keys], Kebab.Name(OptimizerKind.Sgd), AnotherKind);

    /// <summary>Schedules of the learning rate.</summary>
    public static KindKey Schedule { get; } = KindKey.Of("training.schedule.kind", j => Kebab.Name(j.Training.Schedule.Kind), ScheduleKind.Constant, AnotherKind);

    /// <summary>Everything that has labels.</summary>
    public static Belonging Labelled { get; } = Format.AllButWhereNot(format => FormatKinds.Of(format).HasLabels);

    /// <summary>Optimisers that go by gradients of batches.</summary>
    public static Belonging Batches { get; } = Optimizer.AllBut(OptimizerKind.Lbfgs);

    /// <summary>The optimiser that searches along a line, with all examples in every step.</summary>
    public static Belonging LineSearch { get; } = Optimizer.Only(OptimizerKind.Lbfgs);
}
