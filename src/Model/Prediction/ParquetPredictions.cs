using Granary.Jobs;
using Granary.Model.Files;
using Parquet;
using Parquet.Schema;

namespace Granary.Model.Prediction;

/// <summary>A Parquet file with the columns of the CSV: the class as a string, every number as a double. Rows are kept until their row group is
/// full, 8 MB at the most; the footer comes with <see cref="Finish"/>.</summary>
internal sealed class ParquetPredictions : IPredictionWriter
{
    private const int MostRows = 1 << 16;
    private const int MostNumbers = 1 << 20;

    private readonly IReadOnlyList<string> _classes;
    private readonly CountedStream _output;
    private readonly ParquetWriter _writer;
    private readonly DataField? _file;
    private readonly DataField? _class;
    private readonly DataField[] _fields;
    private readonly string[] _names; // the class of each row that is kept
    private readonly string[] _files; // its file likewise
    private readonly double[][] _numbers; // [columns][rows] likewise
    private int _rows;
    private bool _isDone;

    /// <exception cref="JobException">Two columns would have one name.</exception>
    public ParquetPredictions(TrainedModel model, PredictionColumns columns, Stream output)
    {
        if (columns.All.GroupBy(c => c, StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1) is { } twice)
        {
            throw new JobException($"{model.Name}: a Parquet file of its predictions would have the column '{twice.Key}' twice. Write csv or jsonl.");
        }

        var most = Math.Clamp(MostNumbers / columns.Numbers.Count, 1, MostRows);
        (_classes, _output, _class) = (model.Facts.Classes, new CountedStream(output), columns.HasClass ? new DataField<string>("class") : null);
        _fields = [.. columns.Numbers.Select(c => new DataField<double>(c))];
        (_names, _numbers) = (new string[_class is null ? 0 : most], [.. _fields.Select(_ => new double[most])]);
        _file = columns.HasFiles ? new DataField<string>(PredictionColumns.File) : null;
        _files = new string[_file is null ? 0 : most];
        DataField?[] all = [_file, _class, .. _fields];
        _writer = ParquetWriter.CreateAsync(new ParquetSchema(all.OfType<Field>().ToArray()), _output).GetAwaiter().GetResult();
    }

    /// <inheritdoc/>
    public void Add(Prediction prediction)
    {
        if (_file is not null)
        {
            _files[_rows] = prediction.Name!;
        }

        if (_class is not null)
        {
            _names[_rows] = _classes[prediction.Class];
        }

        var column = 0;
        foreach (var value in prediction.Values.Concat(PredictionColumns.Explained(prediction)))
        {
            _numbers[column++][_rows] = value;
        }

        if (++_rows == _numbers[0].Length)
        {
            Write().GetAwaiter().GetResult();
        }
    }

    /// <inheritdoc/>
    public void Finish()
    {
        if (_rows > 0)
        {
            Write().GetAwaiter().GetResult();
        }

        _writer.DisposeAsync().AsTask().GetAwaiter().GetResult(); // writes the footer
        _output.Flush();
        _isDone = true;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_isDone)
        {
            _output.Drops = true; // with a footer the part that has been written would look like the whole
            _writer.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }

        _output.Dispose();
    }

    private async Task Write()
    {
        using var group = _writer.CreateRowGroup();
        if (_file is not null)
        {
            await group.WriteAsync(_file, _files[.._rows]);
        }

        if (_class is not null)
        {
            await group.WriteAsync(_class, _names[.._rows]);
        }

        for (var c = 0; c < _fields.Length; c++)
        {
            await group.WriteAsync<double>(_fields[c], _numbers[c].AsMemory(0, _rows));
        }

        _rows = 0;
    }
}
