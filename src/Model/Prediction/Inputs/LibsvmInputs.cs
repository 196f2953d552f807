using Granary.Jobs;
using Granary.Model.Data;
using Granary.Model.Files;

namespace Granary.Model.Prediction;

/// <summary>Lines of LIBSVM files, with a label or without one.</summary>
internal static class LibsvmInputs
{
    /// <summary>Opens files.</summary>
    /// <param name="model">A model of LIBSVM.</param>
    /// <param name="path">A file, a folder, a glob, or "-".</param>
    /// <param name="rows">Rows in a batch.</param>
    /// <param name="gate">Is asked about them.</param>
    /// <exception cref="JobException">File and line of what cannot be used.</exception>
    public static InputRows Of(TrainedModel model, string path, int rows, RowGate gate) =>
        new(InputRows.InBatches(InputRows.Read(path).SelectMany(file => Rows(file, model, gate)), rows), new InputNotes());

    private static IEnumerable<double[]> Rows(string path, TrainedModel model, RowGate gate)
    {
        foreach (var (number, line) in FileLines.Read(path))
        {
            if (!LibsvmSource.IsRow(line.Span) || !gate.Passes())
            {
                continue;
            }

            var features = new double[model.Facts.Shape.Features];
            try
            {
                LibsvmSource.Features(line.Span, features);
            }
            catch (FormatException e)
            {
                throw new JobException($"{Path.GetFileName(path)}:{number}: {e.Message}.");
            }

            yield return features;
        }
    }
}
