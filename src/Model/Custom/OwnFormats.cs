using Granary.Jobs;
using Granary.Model.Data;

namespace Granary.Model.Custom;

/// <summary>The formats of data that a silo's program adds to the built-in ones. They are the process's: add them first thing in Program.cs.</summary>
public static class OwnFormats
{
    /// <summary>Makes a format known, so that job files can name it.</summary>
    /// <exception cref="ArgumentException">Its name is none, or is taken.</exception>
    public static void AddDataFormat<TFormat>()
        where TFormat : IDataFormat, new()
    {
        var format = new TFormat();
        FormatCatalogue.Add(new OwnFormatDescription(format.Name, format.IsInOrder), new Reader(format.Name, () => new TFormat()));
    }

    private sealed class Reader(string name, Func<IDataFormat> create) : IFormatReader
    {
        public string Format => name;

        public IShardSource Read(SourceReading reading)
        {
            var (part, options) = (reading.Part, new ModelOptions(name, reading.Data.Options, "data.options"));
            if (StoredPath.Is(part.Path))
            {
                throw new JobException($"data.format {name} reads files by itself, and {part.Path} is in a store: copy it to where every silo has it.");
            }

            var rows = Within(part.Name, () => create().Read(new DataPart(DataFiles.Expand(part.Path), part.Shard, part.Shards), options));
            options.RefuseOthers();
            return rows.Source(part.Name, reading.Data.HasNumbers);
        }

        // What goes wrong within somebody else's code, told with the format and the source.
        private LabelledRows Within(string source, Func<LabelledRows> read)
        {
            try
            {
                return read();
            }
            catch (Exception e) when (e is not (JobException or IOException or UnauthorizedAccessException))
            {
                throw new JobException($"{source}: data.format {name} cannot read it: {e.GetType().Name}: {e.Message.Split('\n')[0]}");
            }
        }
    }
}
