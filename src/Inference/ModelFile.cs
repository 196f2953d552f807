using Granary.Model.Files;

namespace Granary.Inference;

/// <summary>Trained models as files for other programs. Torch is not asked for anything here, unless a model of one's own is made of its modules.</summary>
public static class ModelFile
{
    /// <summary>Writes a model as an ONNX file, opset 17, with all that predicting does before and after the network. ONNX Runtime reads it, and so does ML.NET.
    /// With a column of texts it is opset 20, and with one of hashed categories or of texts ONNX Runtime alone reads it.</summary>
    /// <param name="model">A model.safetensors, or the output folder of a job.</param>
    /// <param name="output">The file.</param>
    /// <param name="overwrite">Whether a file that exists may be replaced.</param>
    /// <exception cref="ModelRefusedException">The model is damaged, or of a kind that does not say how it is exported, or with operators that its columns of texts do not allow; or the file exists or cannot be written.</exception>
    public static void ExportOnnx(string model, string output, bool overwrite = false) =>
        ModelRefusedException.Wrap(() => ModelExport.Write(TrainedModel.Load(model), ExportFormat.Onnx, output, overwrite));
}
