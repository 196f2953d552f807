using Granary.Model.Custom;
using Granary.Silo;

namespace Granary.Extensions.Tests.Snippets.OwnFormatsPage;

/// <summary>docs/how-to/own-formats.md: compiled, so that the page stays true, and never run.</summary>
internal static class Program
{
    public static async Task<int> Run(string[] args)
    {
        OwnFormats.AddDataFormat<Records>();
        return await SiloProgram.Run(args);
    }
}

public sealed class Records : IDataFormat
{
    public string Name => "records";

    public bool IsInOrder => true; // shard 0 has the first rows of the source, shard 1 the next ones, and so on

    public LabelledRows Read(DataPart part, ModelOptions options)
    {
        var prefix = options.Text("prefix", "f"); // data: { options: { prefix: x } }
        using var file = File.OpenRead(part.Files.Single());
        var (first, end) = part.Of(file.Length / 12); // the run of records that belongs to this shard
        var rows = new LabelledRows([$"{prefix}1", $"{prefix}2"]);
        var reader = new BinaryReader(file);
        file.Position = first * 12;
        for (var record = first; record < end; record++)
        {
            rows.Add([reader.ReadSingle(), reader.ReadSingle()], $"class {reader.ReadInt32()}");
        }

        return rows;
    }
}
