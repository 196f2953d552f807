using Granary.Jobs;

namespace Granary.Model.Data.Images;

/// <summary>An image of a folder.</summary>
/// <param name="Path">Its file.</param>
/// <param name="Name">The same from the folder on: "cats/a.png".</param>
/// <param name="Label">Its class: the first folder of the name.</param>
internal sealed record LabelledImage(string Path, string Name, string Label);

/// <summary>A folder with a folder of images for each class. Which images there are, and in which order, depends on their names alone.</summary>
internal static class ImageFolder
{
    /// <summary>The images, in ordinal order of their names; those of folders within a class belong to the class.</summary>
    /// <param name="path">The folder.</param>
    /// <exception cref="JobException">It is no folder, a file lies beside the classes' folders, or a class has no images.</exception>
    public static IReadOnlyList<LabelledImage> Of(string path)
    {
        var name = DataFiles.NameOf(path);
        if (!DataFiles.IsFolder(path))
        {
            throw new JobException($"{name}: of images a source is a folder that has a folder of images for each class, and this is none. Give that folder.");
        }

        var root = Path.GetFullPath(path);
        LabelledImage[] images = [.. DataFiles.Expand(path).Select(file => Of(file, Path.GetRelativePath(root, file), name)).OrderBy(i => i.Name, StringComparer.Ordinal)];
        var classes = images.Select(i => i.Label).ToHashSet(StringComparer.Ordinal);
        if (StoredPath.Is(path))
        {
            return images; // a store has no folder without a file in it
        }

        return Directory.EnumerateDirectories(root).Select(d => Path.GetFileName(d)).Where(d => d[0] is not ('.' or '_') && d[^1] != '~').Order(StringComparer.Ordinal).FirstOrDefault(d => !classes.Contains(d)) is { } empty
            ? throw new JobException($"{name}/{empty}: this folder of a class has no images (links to folders are not followed). Put some in, or take it out.")
            : images;
    }

    private static LabelledImage Of(string file, string relative, string source)
    {
        var parts = relative.Split(Path.DirectorySeparatorChar);
        return parts.Length > 1 ? new LabelledImage(file, string.Join('/', parts), parts[0])
            : throw new JobException($"{source}/{relative}: this file lies beside the folders of the classes, where images have no class. Put it into the folder of its class, or take it out.");
    }
}
