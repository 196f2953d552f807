using Granary.Model.Files;
using Granary.Model.Onnx;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Granary.Model.Tests.Onnx;

/// <summary>A model's ONNX file, read and run by ONNX Runtime.</summary>
internal sealed class OnnxSession : IDisposable
{
    public OnnxSession(TrainedModel model)
    {
        using var file = new MemoryStream();
        Description = OnnxFile.Write(model, file);
        using var options = new SessionOptions { IntraOpNumThreads = 1 };
        Session = new InferenceSession(file.ToArray(), options);
    }

    public InferenceSession Session { get; }

    public string Description { get; }

    /// <summary>All outputs of one run with one input.</summary>
    public Outputs Run<T>(string input, T[] values, params int[] dims) =>
        new(Session.Run([NamedOnnxValue.CreateFromTensor(input, new DenseTensor<T>(values, dims))]));

    public void Dispose() => Session.Dispose();

    /// <summary>What a run gives.</summary>
    internal sealed class Outputs(IReadOnlyCollection<DisposableNamedOnnxValue> values) : IDisposable
    {
        public T[] Get<T>(string name) => [.. values.Single(v => v.Name == name).AsTensor<T>()];

        /// <summary>Of float32 or float64.</summary>
        public double[] Numbers(string name) => values.Single(v => v.Name == name).Value is Tensor<double> wide ? [.. wide] : [.. Get<float>(name).Select(x => (double)x)];

        public int[] Dims<T>(string name) => values.Single(v => v.Name == name).AsTensor<T>().Dimensions.ToArray();

        public void Dispose()
        {
            foreach (var value in values)
            {
                value.Dispose();
            }
        }
    }
}
