using System.Buffers.Binary;
using Granary.Jobs;
using Granary.Model.Custom;

namespace Granary.Extensions.Tests.Formats;

/// <summary>A binary format: the number of columns, then records of so many float32 numbers and a class, all little-endian. Each shard reads its own records
/// alone.</summary>
internal sealed class Records : IDataFormat
{
    private const int HeaderBytes = sizeof(int);

    public string Name => "records";

    public bool IsInOrder => true;

    public LabelledRows Read(DataPart part, ModelOptions options)
    {
        var prefix = options.Text("prefix", "f");
        using var file = File.OpenRead(part.Files.Single());
        var header = new byte[HeaderBytes];
        file.ReadExactly(header);
        var columns = BinaryPrimitives.ReadInt32LittleEndian(header);
        var record = new byte[(columns * sizeof(float)) + sizeof(int)];
        if ((file.Length - HeaderBytes) % record.Length != 0)
        {
            throw new JobException($"{Path.GetFileName(file.Name)}: it ends within a record of {record.Length} bytes. Write it again.");
        }

        var (first, end) = part.Of((file.Length - HeaderBytes) / record.Length);
        var rows = new LabelledRows([.. Enumerable.Range(1, columns).Select(c => $"{prefix}{c}")]);
        var numbers = new double[columns];
        file.Position = HeaderBytes + (first * record.Length);
        for (var row = first; row < end; row++)
        {
            file.ReadExactly(record);
            for (var c = 0; c < columns; c++)
            {
                numbers[c] = BinaryPrimitives.ReadSingleLittleEndian(record.AsSpan(c * sizeof(float)));
            }

            rows.Add(numbers, $"class {BinaryPrimitives.ReadInt32LittleEndian(record.AsSpan(columns * sizeof(float)))}");
        }

        return rows;
    }

    /// <summary>Writes a file.</summary>
    public static void Write(string path, int columns, IEnumerable<(float[] Numbers, int Class)> rows)
    {
        using var file = new BinaryWriter(File.Create(path));
        file.Write(columns);
        foreach (var (numbers, label) in rows)
        {
            foreach (var number in numbers)
            {
                file.Write(number);
            }

            file.Write(label);
        }
    }
}
