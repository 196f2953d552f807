using Granary.Jobs;
using Granary.Model.Data;
using Granary.Model.Files;

namespace Granary.Model.Prediction;

/// <summary>Images of an IDX file, to be predicted.</summary>
internal static class ImageInputs
{
    /// <summary>Opens a file.</summary>
    /// <param name="model">A model of images.</param>
    /// <param name="path">A file, or "-".</param>
    /// <param name="rows">Images in a batch.</param>
    /// <param name="gate">Is asked about them.</param>
    /// <exception cref="JobException">Its images are not of the model's size or type.</exception>
    public static InputRows Of(TrainedModel model, string path, int rows, RowGate gate)
    {
        var name = Path.GetFileName(path);
        var stream = SourceFile.OpenBytes(path);
        try
        {
            var header = IdxFile.Images(stream, name);
            IdxFile.RequireScale(name, header.TypeName, model.Facts.PixelType, $"{model.Name} was trained on");
            return header.Elements == model.Facts.Shape.Features
                ? new InputRows(IdxFile.Batches(stream, name, header, rows, gate).Select(b => Numbers(b, header)), new InputNotes()) { Open = stream }
                : throw new JobException($"{name}: its images have {header.Shape} pixels, {header.Elements} in all, but {model.Name} was trained on "
                    + $"images of {model.Facts.Shape.Features}.");
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    private static double[] Numbers(byte[] records, IdxHeader header)
    {
        var numbers = new double[records.Length / IdxValues.Bytes(header.Type)];
        IdxValues.Features(records, header.Type, numbers);
        return numbers;
    }
}
