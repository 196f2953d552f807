namespace Granary.Model.Onnx;

/// <summary>The names of a file's inputs and outputs.</summary>
internal static class OnnxNames
{
    public const string Features = "features"; // in: [N, D]
    public const string Label = "label"; // out: [N]
    public const string Probabilities = "probabilities"; // out: [N, K]
    public const string Outputs = "outputs"; // out: [N, K], where they are no probabilities
    public const string Prediction = "prediction"; // out: [N, 1]
    public const string Tokens = "tokens"; // in: [N, T]
    public const string Logits = "logits"; // out: [N, T, K]
    public const string Words = "words"; // in: [N]
    public const string Ids = "ids"; // out: [N]
    public const string Vectors = "vectors"; // out: [N, d]

    /// <summary>All of them: no weight may have such a name.</summary>
    public static readonly string[] All = [Features, Label, Probabilities, Outputs, Prediction, Tokens, Logits, Words, Ids, Vectors];
}
