using System.Runtime.ExceptionServices;
using Granary.Jobs;

namespace Granary.Model.Data;

/// <summary>
/// Reads a shard's lines chunk by chunk, on as many threads as are free. Chunks come into the sink in their order, so that nobody sees how
/// many threads there were. It says nothing of what is wrong with a row: where anything is, it gives up, and the rows have to be read one
/// after another for the message.
/// </summary>
internal sealed class CsvReading
{
    private readonly LineChunks _chunks;
    private readonly TableColumns _columns;
    private readonly DataSection _data;
    private readonly IRowSink _sink;
    private readonly CellReader[]? _cells;
    private readonly LabelNames _labels = new();
    private readonly object _turn = new();
    private int _next; // the chunk that the sink gets next
    private int _helping;
    private bool _gaveUp;
    private ExceptionDispatchInfo? _failure;

    private CsvReading(LineChunks chunks, TableColumns columns, DataSection data, IRowSink sink, CellReader[]? cells) =>
        (_chunks, _columns, _data, _sink, _cells) = (chunks, columns, data, sink, cells);

    /// <summary>Reads all rows; null where there is something to be said about one of them. What the sink got is then worth nothing.</summary>
    /// <param name="lines">The lines.</param>
    /// <param name="columns">Which cell is what.</param>
    /// <param name="data">How the files are written.</param>
    /// <param name="sink">Gets the rows.</param>
    /// <param name="helpers">Other threads.</param>
    /// <param name="chunk">Bytes of a chunk, about.</param>
    /// <param name="cells">Of columns that the job describes, each one's reader; null: all are numbers.</param>
    /// <returns>The labels, by their numbers, and the hash of the lines.</returns>
    public static (IReadOnlyList<string> Labels, UInt128 Hash)? Run(
        IReadOnlyList<LinePart> lines, TableColumns columns, DataSection data, IRowSink sink, IReadingHelpers? helpers, int chunk = LineChunks.Usual, CellReader[]? cells = null)
    {
        using var chunks = new LineChunks(lines, chunk);
        var reading = new CsvReading(chunks, columns, data, sink, cells);
        reading.Work(() => reading.Invite(helpers));
        reading.Wait();
        reading._failure?.Throw();
        return reading._gaveUp || chunks.HasOverlong ? null : (reading._labels.Names, chunks.Hash);
    }

    private void Invite(IReadingHelpers? helpers)
    {
        if (helpers is null)
        {
            return;
        }

        lock (_turn)
        {
            _helping++;
        }

        if (!helpers.TryRun(() => { Work(() => { }); Leave(); }))
        {
            Leave();
        }
    }

    private void Leave()
    {
        lock (_turn)
        {
            _helping--;
            Monitor.PulseAll(_turn);
        }
    }

    private void Wait()
    {
        lock (_turn)
        {
            while (_helping > 0)
            {
                Monitor.Wait(_turn);
            }
        }
    }

    private void Work(Action beforeEach)
    {
        try
        {
            var reader = new CsvChunk(_columns, _data, _cells);
            var numbers = new NumbersHere(reader.Rows, _labels, _sink.Texts, _columns.Numbers);
            var buffer = Array.Empty<byte>();
            while (!Volatile.Read(ref _gaveUp))
            {
                beforeEach();
                if (_chunks.Next(ref buffer) is not { } chunk)
                {
                    return;
                }

                Deliver(chunk, reader.Rows, numbers, reader.TryRead(buffer, chunk.Length) || TryRows(buffer, chunk, reader.Rows));
            }
        }
#pragma warning disable CA1031 // it is thrown by whoever asked
        catch (Exception e)
#pragma warning restore CA1031
        {
            lock (_turn)
            {
                _gaveUp = true;
                _failure ??= ExceptionDispatchInfo.Capture(e);
                Monitor.PulseAll(_turn);
            }
        }
    }

    private void Deliver(LineChunk chunk, RowBuffer rows, NumbersHere numbers, bool isRead)
    {
        lock (_turn)
        {
            while (_next != chunk.Index && !_gaveUp)
            {
                Monitor.Wait(_turn);
            }

            if (!_gaveUp && isRead)
            {
                var labels = numbers.Give();
                _sink.Append(rows.Values, labels);
                _next++;
            }

            _gaveUp |= !isRead;
            Monitor.PulseAll(_turn);
        }
    }

    // A chunk of unusual rows. Its first bytes must not be taken for the mark of an encoding, which only a file can begin with.
    private bool TryRows(byte[] bytes, LineChunk chunk, RowBuffer into)
    {
        into.Clear();
        if (bytes[0] is 0xef or 0xfe or 0xff or 0)
        {
            return false;
        }

        try
        {
            var part = new LinePart("", bytes[..chunk.Length], line => line);
            if (_cells is null)
            {
                CsvSource.Add(part, _columns, _data, into);
            }
            else
            {
                CsvDescribed.Add(part, _columns, _data, _cells, into);
            }

            return true;
        }
        catch (JobException)
        {
            return false;
        }
    }
}
