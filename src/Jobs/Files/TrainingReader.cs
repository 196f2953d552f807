namespace Granary.Jobs;

/// <summary>Reads the <c>training</c> section.</summary>
internal static class TrainingReader
{
    private const string AboveZero = "must be above 0";
    private const string Share = "must be at least 0 and below 1";

    public static TrainingSection Read(YamlMap map)
    {
        map.Expect("epochs", "batch", "seed", "optimizer", "schedule", "clipNorm", "checkpoint", "classWeights", "earlyStopping", "keep");
        var (optimizer, schedule) = (map.Map("optimizer"), map.Map("schedule"));
        var rule = Optimizer(optimizer);
        var training = new TrainingSection
        {
            Epochs = map.Int("epochs", required: true, min: 1, max: 1 << 24),
            Batch = Batch(map, rule.Kind),
            Seed = map.Long("seed", 1),
            Optimizer = rule,
            Schedule = Schedule(schedule),
            ClipNorm = map.Number("clipNorm", 0, c => c >= 0, "must be 0 (off) or more"),
            Checkpoint = Checkpoint(map.Map("checkpoint")),
            ClassWeights = ClassWeights(map),
            EarlyStopping = map.Has("earlyStopping") ? EarlyStopping(map.Map("earlyStopping")) : null,
            Keep = map.Enum<KeptModel>("keep", KeptModel.Last),
        };
        RefuseForLbfgs(map, rule.Kind);
        return training;
    }

    private static int Batch(YamlMap map, OptimizerKind kind) =>
        map.Has("batch") && !map.IsSection("batch") && map.Text("batch") == "all" ? TrainingSection.AllExamples
        : map.Int("batch", kind == OptimizerKind.Lbfgs ? TrainingSection.AllExamples : 64, min: map.Has("batch") ? 1 : 0);

    // What a line search over all examples does without.
    private static void RefuseForLbfgs(YamlMap map, OptimizerKind kind)
    {
        if (kind != OptimizerKind.Lbfgs)
        {
            return;
        }

        if (map.Has("batch") && map.Text("batch") != "all")
        {
            throw map.Error("batch", $"training.batch is {map.Text("batch")}, but lbfgs takes all examples in every step: set it to all, or take it out.");
        }

        foreach (var key in new[] { "schedule", "clipNorm" })
        {
            if (map.Has(key))
            {
                throw map.Error(key, $"training.{key} has no meaning for lbfgs, whose line search finds the length of each step: take it out.");
            }
        }
    }

    private static ClassWeights? ClassWeights(YamlMap map)
    {
        const string Key = "classWeights";
        if (!map.Has(Key))
        {
            return null;
        }

        if (!map.IsSection(Key))
        {
            return map.Text(Key) == "balanced"
                ? new ClassWeights()
                : throw map.Error(Key, $"training.classWeights is '{map.Text(Key)}', but must be balanced, or weights by label, such as {{ yes: 4, no: 1 }}.");
        }

        var weights = map.Map(Key);
        return weights.Keys.Count > 0
            ? new ClassWeights { ByLabel = weights.Keys.ToDictionary(label => label, label => weights.Number(label, 1, w => w > 0, AboveZero)) }
            : throw map.Error(Key, "training.classWeights is empty: leave it out, or give weights by label, such as { yes: 4, no: 1 }.");
    }

    private static EarlyStoppingSection EarlyStopping(YamlMap map)
    {
        map.Expect("patience", "figure", "minDelta");
        return new EarlyStoppingSection
        {
            Patience = map.Int("patience", required: true, min: 1),
            Figure = map.Enum<HeldOutFigure>("figure", HeldOutFigure.Loss),
            MinDelta = map.Number("minDelta", 0, d => d >= 0, "must be 0 or more"),
        };
    }

    private static OptimizerSection Optimizer(YamlMap map)
    {
        map.Expect("kind", "learningRate", "momentum", "beta1", "beta2", "epsilon", "weightDecay", "decayAll", "memory", "tolerance");
        var kind = map.Enum<OptimizerKind>("kind", OptimizerKind.Sgd);
        var adaptive = kind is OptimizerKind.Adam or OptimizerKind.AdamW;
        var optimizer = new OptimizerSection
        {
            Kind = kind,
            LearningRate = map.Number("learningRate", adaptive ? 0.001 : 0.1, r => r > 0, AboveZero),
            Momentum = map.Number("momentum", 0.9, m => m is >= 0 and < 1, Share),
            Beta1 = map.Number("beta1", 0.9, b => b is >= 0 and < 1, Share),
            Beta2 = map.Number("beta2", 0.999, b => b is >= 0 and < 1, Share),
            Epsilon = map.Number("epsilon", 1e-8, e => e > 0, AboveZero),
            WeightDecay = map.Number("weightDecay", kind == OptimizerKind.AdamW ? 0.01 : 0, d => d >= 0, "must be 0 or more"),
            DecayAll = map.Bool("decayAll", false),
            Memory = map.Int("memory", 10, min: 1, max: 30),
            Tolerance = map.Number("tolerance", 1e-5, t => t >= 0, "must be 0 or more"),
        };
        Refuse(map, kind == OptimizerKind.Momentum, kind, "momentum");
        Refuse(map, adaptive, kind, "beta1", "beta2", "epsilon");
        Refuse(map, kind != OptimizerKind.Lbfgs, kind, "learningRate");
        Refuse(map, kind == OptimizerKind.Lbfgs, kind, "memory", "tolerance");
        return optimizer;
    }

    private static ScheduleSection Schedule(YamlMap map)
    {
        map.Expect("kind", "warmup", "floor", "every", "gamma");
        var kind = map.Enum<ScheduleKind>("kind", ScheduleKind.Constant);
        var schedule = new ScheduleSection
        {
            Kind = kind,
            Warmup = map.Int("warmup", 0, min: 0),
            Floor = map.Number("floor", 0, f => f is >= 0 and <= 1, "must be at least 0 and at most 1"),
            Every = map.Int("every", 10, min: 1),
            Gamma = map.Number("gamma", 0.1, g => g is > 0 and <= 1, "must be above 0 and at most 1"),
        };
        Refuse(map, kind == ScheduleKind.Cosine, kind, "floor");
        Refuse(map, kind == ScheduleKind.Step, kind, "every", "gamma");
        return schedule;
    }

    private static CheckpointSection Checkpoint(YamlMap map)
    {
        map.Expect("steps", "seconds", "keep", "best");
        return new CheckpointSection
        {
            Steps = map.Int("steps", 0, min: 0),
            Seconds = map.Number("seconds", 10, s => s >= 0, "must be 0 (by steps alone) or more"),
            Keep = map.Int("keep", 2, min: 1),
            Best = map.Bool("best", false),
        };
    }

    private static void Refuse<T>(YamlMap map, bool belongs, T kind, params string[] keys)
        where T : struct, Enum
    {
        foreach (var key in keys)
        {
            if (!belongs && map.Has(key))
            {
                throw map.Error(key, $"{map.Full(key)} has no meaning for {Kebab.Name(kind)}: take it out, or choose another kind.");
            }
        }
    }
}
