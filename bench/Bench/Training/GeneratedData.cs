using System.Buffers.Binary;
using System.Text;

namespace Granary.Bench.Training;

/// <summary>Data of the wanted sizes that all sides read from the same files. There is nothing in it to learn: the time of a step does
/// not depend on that.</summary>
internal static class GeneratedData
{
    /// <summary>Writes a work's files, once.</summary>
    /// <returns>Images and labels, or a text and nothing.</returns>
    public static (string Path, string? Labels) Write(string folder, TrainingWork work)
    {
        var (path, labels) = (Path.Combine(folder, $"{work.Name}.data"), Path.Combine(folder, $"{work.Name}.labels"));
        if (work.Side == 0)
        {
            if (!File.Exists(path))
            {
                WriteText(path, 2 * ((work.Examples * TrainingWork.Context) + 1), work.Classes);
            }

            return (path, null);
        }

        if (!File.Exists(path))
        {
            WriteImages(path, labels, 2 * work.Examples, work.Side, work.Classes);
        }

        return (path, labels);
    }

    // IDX, MNIST's format: http://yann.lecun.com/exdb/mnist
    private static void WriteImages(string path, string labelPath, int count, int side, int classes)
    {
        var random = new Random(1);
        using var images = File.Create(path);
        Header(images, 0x803, count, side, side);
        var image = new byte[side * side];
        using var labels = File.Create(labelPath);
        Header(labels, 0x801, count);
        for (var i = 0; i < count; i++)
        {
            random.NextBytes(image);
            images.Write(image);
            labels.WriteByte((byte)random.Next(classes));
        }
    }

    private static void Header(Stream file, params int[] numbers)
    {
        Span<byte> bytes = stackalloc byte[4];
        foreach (var number in numbers)
        {
            BinaryPrimitives.WriteInt32BigEndian(bytes, number);
            file.Write(bytes);
        }
    }

    private static void WriteText(string path, int length, int characters)
    {
        const string Alphabet = "\n !',-.ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
        var random = new Random(1);
        var text = new StringBuilder(length).Append(Alphabet, 0, characters); // every one of them at least once in each half
        while (text.Length < length)
        {
            text.Append(text.Length == length / 2 ? Alphabet[..characters] : Alphabet[random.Next(characters)].ToString());
        }

        File.WriteAllText(path, text.ToString(0, length));
    }
}
