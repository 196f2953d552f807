using CsCheck;

namespace Granary.Jobs.Tests;

public sealed class JobWriterTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-test-").FullName;
    private readonly string _file;

    public JobWriterTests()
    {
        // What YAML could take for syntax, and a line longer than any that it would fold.
        _file = Path.Combine(_folder, $"a 'b' \"c\" #d {{e}} é😀 {new string('x', 150)} end... .csv");
        File.WriteAllText(_file, "");
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static Gen<T> Any<T>()
        where T : struct, Enum => Gen.Int[0, Enum.GetValues<T>().Length - 1].Select(i => Enum.GetValues<T>()[i]);

    private static readonly Gen<double> Positive = Gen.Double[1e-12, 1e6].Where(d => d > 0);
    private static readonly Gen<double> Share = Gen.OneOf(Gen.Const(0.0), Gen.Double[0, 0.999]);

    private static readonly Gen<ModelSection> Models = Gen.OneOf(
        Any<Precision>().Select(p => new ModelSection { Kind = "logistic", Precision = p }),
        Any<Precision>().Select(p => new ModelSection { Kind = "softmax", Precision = p }),
        Gen.Select(Gen.Int[1, 4096].Array[0, 4], Any<Activation>(), Any<Loss>(), Positive, Gen.Double[0.01, 0.99], (h, a, l, delta, quantile) =>
            Costing(new ModelSection { Kind = "mlp", Hidden = h, Activation = a, Loss = l }, delta, quantile)),
        Gen.Select(Any<Loss>().Where(l => l != Loss.CrossEntropy), Positive, Gen.Double[0.01, 0.99], (l, delta, quantile) =>
            Costing(new ModelSection { Kind = "linear", Loss = l }, delta, quantile)),
        Gen.Select(Gen.Int[1, 9], Gen.Int[1, 9], Gen.Int[1, 9], Gen.Int[1, 99], (layers, part, heads, context) =>
            new ModelSection { Kind = "transformer", Layers = layers, Width = part * heads, Heads = heads, Context = context }),
        Gen.Select(Gen.Int[1, 99], Gen.Int[1, 99], Gen.Bool, Gen.Bool, Gen.Bool, Gen.Double[0, 0.999], (width, key, norm, biases, tied, dropout) =>
            new ModelSection
            {
                Kind = "transformer",
                Width = width,
                KeyWidth = key,
                LayerNorm = norm,
                Biases = biases,
                TiedUnembedding = tied,
                Dropout = dropout,
            }),
        Gen.Select(Gen.Int[1, 99], Gen.Int[1, 99], Gen.Int[0, 99], (width, window, negatives) =>
            new ModelSection { Kind = "skip-gram", Width = width, Window = window, Negatives = negatives }),
        Gen.Dictionary(Gen.Char["aZ9-_"].Array[0, 5].Select(n => "o" + new string(n)), Gen.String)[0, 4].Select(options => new ModelSection { Kind = "my-cnn", Options = options }));

    private static ModelSection Costing(ModelSection model, double delta, double quantile) => model.Loss switch
    {
        Loss.Huber => model with { Delta = delta },
        Loss.Quantile => model with { Quantile = quantile },
        _ => model,
    };

    // A model learns classes or numbers, and numbers have no classes.
    private static Job Agreeing(Job job, bool standardizes)
    {
        if (job.Data.IsText)
        {
            return job;
        }

        if (job.Data.IsMultiLabel)
        {
            job = job.Data.Format != "libsvm" && ModelKinds.Of(job.Model).LearnsLabels(job.Model)
                ? job with { Data = job.Data with { Label = null, LabelColumns = ["l 1", "null"], Ignore = [.. job.Data.Ignore.Except(["l 1", "null"])] }, Training = job.Training with { ClassWeights = null } }
                : job with { Data = job.Data with { Target = LabelTarget.Classes } };
        }

        var (learns, stopping) = (ModelKinds.Of(job.Model).Learns(job.Model), job.Training.EarlyStopping);
        var target = learns == LearnedTarget.Number ? LabelTarget.Number
            : learns == LearnedTarget.Class && job.Data.HasNumbers ? LabelTarget.Classes
            : job.Data.Target;
        return target != LabelTarget.Number
            ? job with { Data = job.Data with { Target = target } }
            : job with
            {
                Data = job.Data with { Target = target, StandardizeTarget = standardizes && job.Model.Loss != Loss.Poisson },
                Training = job.Training with { ClassWeights = null, EarlyStopping = stopping is null ? null : stopping with { Figure = HeldOutFigure.Loss } },
            };
    }

    private static readonly Gen<OptimizerSection> Optimizers = Gen.OneOf(
        Gen.Select(Positive, Share, Gen.Bool, (rate, decay, all) =>
            new OptimizerSection { LearningRate = rate, WeightDecay = decay, DecayAll = all }),
        Gen.Select(Positive, Share, (rate, mu) => new OptimizerSection { Kind = OptimizerKind.Momentum, LearningRate = rate, Momentum = mu }),
        Gen.Select(Gen.Bool.Select(b => b ? OptimizerKind.Adam : OptimizerKind.AdamW), Positive, Share, Share, Positive, Share, (kind, rate, b1, b2, e, decay) =>
            new OptimizerSection { Kind = kind, LearningRate = rate, Beta1 = b1, Beta2 = b2, Epsilon = e, WeightDecay = decay }));

    private static readonly Gen<ScheduleSection> Schedules = Gen.OneOf(
        Gen.Int[0, 99].Select(w => new ScheduleSection { Warmup = w }),
        Gen.Select(Gen.Int[0, 99], Share, (w, f) => new ScheduleSection { Kind = ScheduleKind.Cosine, Warmup = w, Floor = f }),
        Gen.Select(Gen.Int[1, 99], Gen.Double[0.001, 1], (e, g) => new ScheduleSection { Kind = ScheduleKind.Step, Every = e, Gamma = g }));

    private static readonly Gen<EarlyStoppingSection?> Stoppings = Gen.OneOf(
        Gen.Const((EarlyStoppingSection?)null),
        Gen.Select(Gen.Int[1, 99], Any<HeldOutFigure>(), Share, (patience, figure, delta) =>
            (EarlyStoppingSection?)new EarlyStoppingSection { Patience = patience, Figure = figure, MinDelta = delta }));

    private static readonly Gen<TrainingSection> Trainings = Gen.Select(
        Gen.Int[1, 999], Gen.Int[0, 999], Gen.Long, Optimizers, Schedules, Share, (epochs, batch, seed, optimizer, schedule, clip) =>
            new TrainingSection { Epochs = epochs, Batch = batch, Seed = seed, Optimizer = optimizer, Schedule = schedule, ClipNorm = clip });

    private static readonly Gen<TrainingSection> Searches = Gen.Select(Gen.Int[1, 999], Share, Gen.Bool, Gen.Int[1, 30], Share, (epochs, decay, all, memory, tolerance) =>
        new TrainingSection
        {
            Epochs = epochs,
            Batch = TrainingSection.AllExamples,
            Optimizer = new() { Kind = OptimizerKind.Lbfgs, WeightDecay = decay, DecayAll = all, Memory = memory, Tolerance = tolerance },
        });

    private static readonly Gen<ClassWeights?> Weights = Gen.OneOf(
        Gen.Const((ClassWeights?)null),
        Gen.Const((ClassWeights?)new ClassWeights()),
        Gen.Dictionary(Gen.String, Positive)[1, 4].Select(w => (ClassWeights?)new ClassWeights { ByLabel = w }));

    private static Gen<DataSection> Data(string kind, string file) => kind == "skip-gram"
        ? Gen.Select(Gen.Bool, Gen.Int[1, 99], (space, least) => new DataSection
        {
            Format = "text",
            Path = file,
            Tokens = space ? TokenKind.Whitespace : TokenKind.Word,
            MinCount = least,
        })
        : Data(kind == "transformer", file);

    private static Gen<DataSection> Data(bool text, string file) => Gen.Select(
        Gen.String, Gen.Bool, Gen.Bool.Select(b => b ? TokenKind.Char : TokenKind.Byte), Gen.Int[1, 65_536], Share, Gen.Int[0, 1], (label, flag, tokens, shards, fraction, own) =>
        {
            var validation = own == 1 ? new ValidationSection { Path = file } : new ValidationSection { Fraction = fraction };
            return text
                ? new DataSection
                {
                    Format = "text",
                    Path = file,
                    Tokens = flag ? TokenKind.Bpe : tokens,
                    Encoding = flag && tokens == TokenKind.Char ? TokenEncoding.O200kBase : null,
                    Vocab = flag && tokens == TokenKind.Byte ? file : null,
                    Merges = flag && tokens == TokenKind.Byte ? file : null,
                    Shards = shards,
                    Validation = validation,
                }
                : flag
                    ? new DataSection
                    {
                        Format = "idx",
                        Path = file,
                        Labels = file,
                        Shards = shards,
                        Validation = own == 1 ? validation with { Labels = file } : validation,
                    }
                    : new DataSection { Format = "csv", Path = file, Label = label, Standardize = tokens == TokenKind.Char, Shards = shards, Validation = validation };
        }).SelectMany(d => d.Format == "csv" ? Gen.OneOf(Options(d), Options(d).Select(o => o with { Format = "parquet", Delimiter = ",", Cache = true }), Sparse(d)) : Gen.Const(d));

    private static Gen<DataSection> Sparse(DataSection data) => Gen.Int[0, 1 << 28].Select(features => data with
    {
        Format = "libsvm",
        Label = null,
        Features = features == 0 ? null : features,
    });

    private static readonly Gen<string> Delimiters = Gen.Char["\t !#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"].Select(c => c.ToString());

    private static Gen<DataSection> Options(DataSection data) => Gen.Select(Delimiters, Any<MissingValues>(), Gen.String[1, 9].Array[0, 3], Gen.Bool, (delimiter, missing, ignore, cache) =>
        data with { Delimiter = delimiter, Missing = missing, Cache = cache, Ignore = [.. ignore.Distinct().Where(n => n != data.Label)] })
        .SelectMany(d => Gen.Select(Gen.String[0, 9].Array[0, 3], Any<LabelTarget>(), (missing, target) =>
            d with { MissingSpellings = missing.Length == 3 ? MissingSpellings.Usual : missing, Target = target }));

    /// <summary>Jobs of every kind.</summary>
    /// <param name="file">Where their paths lead.</param>
    internal static Gen<Job> Jobs(string file) => Gen.Select(Models, Gen.Bool, (m, init) => m with { Init = init ? file : null })
        .SelectMany(m => Gen.Select(Gen.Const(m), Data(m.Kind, file), m is { Dropout: 0, Negatives: 0 } ? Gen.OneOf(Trainings, Searches) : Trainings, Gen.Char.AlphaNumeric.Array[1, 64]))
        .SelectMany((model, data, training, name) => Weights.Select(weights => new Job(
            1, new string(name), model, data, data.Format == "text" ? training : training with { ClassWeights = weights })))
        .SelectMany(job => Gen.Select(Stoppings, Any<KeptModel>(), (stopping, keep) => job.Data.Validation.IsNone
            ? job
            : job with { Training = job.Training with { EarlyStopping = stopping, Keep = keep } }))
        .SelectMany(job => Gen.Bool.Select(standardizes => Agreeing(job, standardizes)));

    [Fact]
    public void Every_job_is_read_back_equal() => Jobs(_file)
        .Sample(job => Assert.Equal(job, JobFile.Parse(JobFile.Write(job), "x.yaml", "/", [], "/", anyKind: true)), iter: 2_000);

    [Fact]
    public void Keys_stand_in_one_order_with_every_default_filled_in()
    {
        var job = new Job(
            1,
            "iris",
            new ModelSection { Kind = "mlp", Hidden = [8, 4] },
            new DataSection { Format = "csv", Path = "/data/iris.csv", Label = "species" },
            new TrainingSection { Epochs = 3, Optimizer = new() { Kind = OptimizerKind.AdamW, LearningRate = 0.001, WeightDecay = 0.01 } });
        Assert.Equal(
            """
            version: 1
            name: "iris"
            model:
              kind: mlp
              hidden: [8, 4]
              activation: relu
              loss: cross-entropy
              precision: float32
            data:
              format: csv
              path: "/data/iris.csv"
              target: auto
              label: "species"
              delimiter: ","
              missing: refuse
              missingValues: ["#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN", "<NA>", "N/A", "NA", "NULL", "NaN", "None", "n/a", "nan", "null", "?"]
              ignore: []
              cache: true
              standardize: false
              shards: 8
              validation:
                fraction: 0
            training:
              epochs: 3
              batch: 64
              seed: 1
              optimizer:
                kind: adamw
                learningRate: 0.001
                beta1: 0.9
                beta2: 0.999
                epsilon: 1E-08
                weightDecay: 0.01
                decayAll: false
              schedule:
                kind: constant
                warmup: 0
              clipNorm: 0
              checkpoint:
                steps: 0
                seconds: 10
                keep: 2
                best: false
              keep: last
            output:
              tensorboard: false

            """,
            JobFile.Write(job));
    }
}
