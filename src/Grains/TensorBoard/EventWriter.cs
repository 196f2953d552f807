using Granary.Contracts;
using Granary.Jobs;

namespace Granary.Grains.TensorBoard;

/// <summary>What a generation's first worker writes for TensorBoard: the coordinator's points as scalars, and its own weights as histograms.
/// What cannot be written stays and is tried again with the next. The step waits for a histogram, so that none is lost with a silo. Any thread may
/// call.</summary>
/// <param name="place">Where the file goes.</param>
/// <param name="job">The job's id.</param>
/// <param name="generation">The generation.</param>
/// <param name="from">The step that it goes on from.</param>
/// <param name="scalars">Makes scalars of points.</param>
/// <param name="time">The clock.</param>
internal sealed class EventWriter(EventPlace place, string job, long generation, long from, PointScalars scalars, TimeProvider time) : IDisposable
{
    private readonly Lock _one = new();
    private readonly List<(EventKind Kind, long Step, byte[] Record)> _waiting = [];
    private EventFile? _file;
    private bool _disposed;

    /// <summary>Takes points, some of which may be known. Returns why the file could not be written; null: it was.</summary>
    public string? Add(IReadOnlyList<MetricPoint> points)
    {
        lock (_one)
        {
            Wait(points);
            return OutputTrouble(Write);
        }
    }

    /// <summary>Takes histograms of the weights after a step. Returns why the file could not be written; null: it was.</summary>
    public string? Add(long step, IEnumerable<(string Tag, WeightHistogram Of)> histograms)
    {
        lock (_one)
        {
            _waiting.Add((EventKind.Histograms, step, TensorBoardEvent.Histograms(time.GetUtcNow(), step, histograms)));
            return OutputTrouble(Write);
        }
    }

    /// <summary>The job has ended: makes the file whole, in the folder that the results go to.</summary>
    /// <param name="output">That folder.</param>
    /// <param name="points">All of the job's points.</param>
    /// <exception cref="JobException">It cannot be written.</exception>
    public void Finish(string output, IReadOnlyList<MetricPoint> points)
    {
        lock (_one)
        {
            var known = _file is null ? from : long.MaxValue; // what this generation has written is all its own
            if (_file is not null && (Path.GetDirectoryName(_file.Path) != output || !File.Exists(_file.Path)))
            {
                _file.Dispose();
                _file = null;
            }

            Wait(points);
            try
            {
                Write(output == place.Folder ? place : new EventPlace(output, place.Folder), known);
            }
            catch (Exception e) when (FileTrouble.Is(e))
            {
                throw new JobException($"{output}: the TensorBoard file cannot be written: {FileTrouble.Reason(e)}.");
            }
        }
    }

    private void Wait(IReadOnlyList<MetricPoint> points)
    {
        var now = time.GetUtcNow();
        foreach (var (point, values) in scalars.Of(points))
        {
            var at = now - TimeSpan.FromSeconds(points[^1].Seconds - point.Seconds); // the first of them were known a moment ago
            _waiting.Add((EventKind.Scalars, point.Step, TensorBoardEvent.Scalars(at, point.Step, values)));
        }
    }

    private void Write() => Write(place, from);

    private void Write(EventPlace to, long known)
    {
        if (_disposed)
        {
            return; // a call that was on its way when the generation ended
        }

        var file = _file ??= EventFile.Begin(to, job, generation, known, time.GetUtcNow());
        var written = 0;
        try
        {
            foreach (var (kind, step, record) in _waiting)
            {
                if (step > (kind == EventKind.Scalars ? file.LastScalars : file.LastHistograms))
                {
                    file.Append(kind, step, record);
                }

                written++;
            }
        }
        finally
        {
            _waiting.RemoveRange(0, written);
        }
    }

    private static string? OutputTrouble(Action write)
    {
        try
        {
            write();
            return null;
        }
        catch (Exception e) when (FileTrouble.Is(e) || e is JobException)
        {
            return e.Message;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_one)
        {
            _file?.Dispose();
            _file = null;
            _disposed = true;
        }
    }
}
