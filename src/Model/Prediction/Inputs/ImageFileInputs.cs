using Granary.Jobs;
using Granary.Model.Data;
using Granary.Model.Data.Images;
using Granary.Model.Files;

namespace Granary.Model.Prediction;

/// <summary>Image files to be predicted: one, or those of a folder or a glob, whose classes nobody knows. Each prediction has the name of its file.</summary>
internal static class ImageFileInputs
{
    /// <summary>Finds the files.</summary>
    /// <param name="model">A model of images in files.</param>
    /// <param name="path">A file, a folder or a glob.</param>
    /// <param name="rows">Images in a batch.</param>
    /// <param name="gate">Is asked about them.</param>
    /// <exception cref="JobException">There are none, or the path is standard input.</exception>
    public static InputRows Of(TrainedModel model, string path, int rows, RowGate gate)
    {
        if (path == SourceFile.StandardInput)
        {
            throw new JobException($"{model.Name} was trained on folders of images: predict takes a file, a folder or a glob of PNG and JPEG files, and not standard input.");
        }

        var size = model.Facts.Shape.RequireImage();
        var forms = new ImageForms(size, model.Data.Height is not null, $"{model.Name} was trained on images of {size.Height} x {size.Width}: resize it, or train with data.height and data.width, which resize every image.");
        var (files, root) = (InputRows.Read(path), Root(path));
        string[] names = [.. files.Select(f => Path.GetRelativePath(root, f).Replace(Path.DirectorySeparatorChar, '/'))];
        return new InputRows(Enumerable.Range(0, files.Count).Chunk(rows).Where(batch => gate.Passes(batch.Length)).Select(batch => Numbers(forms, [.. batch.Select(i => (files[i], names[i]))])), new InputNotes()) { Names = names };
    }

    // Names begin below the folder, or below what stands before the first wildcard.
    private static string Root(string path)
    {
        if (StoredPath.Is(path))
        {
            while (DataFiles.IsGlob(path) || !DataFiles.IsFolder(path))
            {
                path = StoredPath.Folder(path);
            }

            return path;
        }

        var root = Path.GetFullPath(path);
        while (DataFiles.IsGlob(root) || !Directory.Exists(root))
        {
            root = Path.GetDirectoryName(root)!;
        }

        return root;
    }

    private static double[] Numbers(ImageForms forms, (string Path, string Name)[] files)
    {
        var length = (int)forms.Size.Numbers;
        var (pixels, numbers) = (new byte[length], new double[files.Length * length]);
        for (var i = 0; i < files.Length; i++)
        {
            forms.Read(files[i].Path, files[i].Name, pixels);
            IdxValues.Features(pixels, IdxType.Ubyte, numbers.AsSpan(i * length, length));
        }

        return numbers;
    }
}
