namespace Granary.Bench.Training;

/// <summary>A model and its batches, the same for all sides.</summary>
/// <param name="Name">"mlp".</param>
/// <param name="Description">For people.</param>
/// <param name="Model">The job file's model section.</param>
/// <param name="RowsPerShard">Examples of a shard, or of a rank, in a step.</param>
/// <param name="Examples">Examples of each of the two in an epoch.</param>
/// <param name="Side">Pixels on a side of the square images; 0: text.</param>
/// <param name="Classes">Labels; for text characters.</param>
internal sealed record TrainingWork(string Name, string Description, string Model, int RowsPerShard, int Examples, int Side, int Classes)
{
    /// <summary>Tokens of a GPT's window.</summary>
    public const int Context = 64;

    public static readonly TrainingWork Logistic = new("logistic", "logistic, 101 weights, 1024 a shard", "{ kind: logistic }", 1024, 32_768, 10, 2);

    public static readonly TrainingWork Mlp = new("mlp", "MLP 784-256-10, 128 a shard", "{ kind: mlp, hidden: [256], activation: relu }", 128, 16_384, 28, 10);

    public static readonly TrainingWork BigMlp =
        new("big-mlp", "MLP 784-2048-2048-10, 128 a shard", "{ kind: mlp, hidden: [2048, 2048], activation: relu }", 128, 8192, 28, 10);

    public static readonly TrainingWork Gpt = new(
        "gpt", "GPT 4 x 128, 4 heads, 64 tokens, 16 a shard",
        "{ kind: transformer, layers: 4, width: 128, heads: 4, context: 64, activation: relu }", 16, 1024, 0, 65);

    /// <summary>By name.</summary>
    public static TrainingWork Of(string name) => new[] { Logistic, Mlp, BigMlp, Gpt }.Single(w => w.Name == name);
}
