namespace Granary.Jobs;

/// <summary>The job file's <c>training.optimizer</c> section.</summary>
internal static class OptimizerKeys
{
    /// <summary>Its keys.</summary>
    public static JobSection Section(Lens<OptimizerSection> optimizer)
    {
        var adaptive = Kinds.Optimizer.Only(OptimizerKind.Adam, OptimizerKind.AdamW);
        return optimizer.Section(
            "the rule that turns an averaged gradient into new weights",
            optimizer.Key("kind", o => (o.Kind, Own: o.OwnKind), (o, v) => o with { Kind = v.Kind, OwnKind = v.Own },
                new KindOrOwn<OptimizerKind>(OptimizerKind.Own, OwnOptimizerKinds.BuiltIn, () => OwnOptimizerKinds.Names, "../how-to/own-models.md#optimisers-of-ones-own"), "the rule"),
            optimizer.Key("options", o => o.Options, (o, v) => o with { Options = v }, new OptionList(), "what it is told; one that it never asks for is refused")
                .For(Kinds.Optimizer.Own(k => !OwnOptimizerKinds.BuiltIn.ContainsKey(k))),
            optimizer.Key("learningRate", o => o.LearningRate, (o, v) => o with { LearningRate = v }, RealNumber.Positive, "alpha, the length of a step")
                .For(Kinds.Batches).DefaultFor(adaptive, 0.001),
            optimizer.Key("momentum", o => o.Momentum, (o, v) => o with { Momentum = v }, RealNumber.Share, "mu: v <- mu v + g; w <- w - alpha v")
                .For(Kinds.Optimizer.Only(OptimizerKind.Momentum)),
            optimizer.Key("beta1", o => o.Beta1, (o, v) => o with { Beta1 = v }, RealNumber.Share, "how much of the gradients' running mean stays in a step")
                .For(adaptive),
            optimizer.Key("beta2", o => o.Beta2, (o, v) => o with { Beta2 = v }, RealNumber.Share, "the same of their squares")
                .For(adaptive),
            optimizer.Key("epsilon", o => o.Epsilon, (o, v) => o with { Epsilon = v }, RealNumber.Positive, "added to the denominator")
                .For(adaptive),
            optimizer.Key("weightDecay", o => o.WeightDecay, (o, v) => o with { WeightDecay = v }, RealNumber.ZeroOrMore(),
                "lambda: lambda w is added to the gradient; adamw shrinks the weights instead")
                .DefaultFor(Kinds.Optimizer.Only(OptimizerKind.AdamW), 0.01),
            optimizer.Key("decayAll", o => o.DecayAll, (o, v) => o with { DecayAll = v }, new TrueOrFalse(), "whether biases and norms decay too"),
            optimizer.Key("memory", o => o.Memory, (o, v) => o with { Memory = v }, new WholeNumber(1, 30), "steps that it remembers")
                .For(Kinds.LineSearch),
            optimizer.Key("tolerance", o => o.Tolerance, (o, v) => o with { Tolerance = v }, RealNumber.ZeroOrMore(),
                "the job is completed once no component of the gradient is greater")
                .For(Kinds.LineSearch));
    }
}
