using static TorchSharp.torch;

namespace Granary.Bench.Training;

/// <summary>Half of a work's generated data as tensors in memory.</summary>
internal static class Resident
{
    /// <returns>Images [n, d] and labels [n], or windows of tokens [n, T] and the tokens after each [n, T].</returns>
    public static (Tensor Inputs, Tensor Targets) Read(TrainingWork work, string data, string? labels, int half)
    {
        var n = work.Examples;
        if (labels is null)
        {
            var text = File.ReadAllText(data);
            var ids = text.Distinct().Order().Select((c, i) => (c, i)).ToDictionary(p => p.c, p => (long)p.i);
            var tokens = tensor(text.Substring(half * text.Length / 2, (n * TrainingWork.Context) + 1).Select(c => ids[c]).ToArray());
            return (tokens.narrow(0, 0, n * TrainingWork.Context).view(n, TrainingWork.Context).contiguous(),
                tokens.narrow(0, 1, n * TrainingWork.Context).view(n, TrainingWork.Context).contiguous());
        }

        var size = work.Side * work.Side;
        var images = File.ReadAllBytes(data).AsSpan(16 + (half * n * size), n * size).ToArray();
        var classes = File.ReadAllBytes(labels).AsSpan(8 + (half * n), n).ToArray();
        var inputs = tensor(images).view(n, size).to(ScalarType.Float32) / 255;
        return (inputs, tensor(classes).to(work.Name == "logistic" ? ScalarType.Float32 : ScalarType.Int64));
    }
}
