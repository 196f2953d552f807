namespace Granary.Grains.TensorBoard;

/// <summary>What an event holds.</summary>
internal enum EventKind { Other, Scalars, Histograms }

/// <summary>TensorFlow's Event message (event.proto, summary.proto), as far as it is needed: the version, scalars, histograms.</summary>
internal static class TensorBoardEvent
{
    // Fields of Event, Summary, Summary.Value and HistogramProto.
    private const int WallTime = 1, Step = 2, FileVersion = 3, Summary = 5;
    private const int Value = 1;
    private const int Tag = 1, SimpleValue = 2, Histogram = 5;
    private const int Min = 1, Max = 2, Count = 3, Sum = 4, SumSquares = 5, Limits = 6, Counts = 7;

    /// <summary>The event that a file begins with.</summary>
    public static byte[] Version(DateTimeOffset at) => Record(At(at).Text(FileVersion, "brain.Event:2"));

    /// <summary>Figures of one step.</summary>
    public static byte[] Scalars(DateTimeOffset at, long step, IEnumerable<(string Tag, double Value)> scalars)
    {
        var summary = new ProtoWriter();
        foreach (var (tag, value) in scalars)
        {
            summary.Message(Value, new ProtoWriter().Text(Tag, tag).Float(SimpleValue, (float)value));
        }

        return Record(At(at).Int(Step, step).Message(Summary, summary));
    }

    /// <summary>Histograms of one step.</summary>
    public static byte[] Histograms(DateTimeOffset at, long step, IEnumerable<(string Tag, WeightHistogram Of)> histograms)
    {
        var summary = new ProtoWriter();
        foreach (var (tag, of) in histograms)
        {
            var (limits, counts) = of.Buckets();
            summary.Message(Value, new ProtoWriter().Text(Tag, tag).Message(Histogram, new ProtoWriter()
                .Double(Min, of.Min).Double(Max, of.Max).Double(Count, of.Count).Double(Sum, of.Sum).Double(SumSquares, of.SumSquares)
                .Doubles(Limits, limits).Doubles(Counts, counts)));
        }

        return Record(At(at).Int(Step, step).Message(Summary, summary));
    }

    /// <summary>The step and the kind of an event that <see cref="Scalars"/>, <see cref="Histograms"/> or <see cref="Version"/> has made.</summary>
    public static (long Step, EventKind Kind) Read(ReadOnlySpan<byte> data)
    {
        var (step, kind) = (0L, EventKind.Other);
        for (var fields = new ProtoReader(data); fields.Next();)
        {
            if (fields.Field == Step)
            {
                step = (long)fields.Number;
            }
            else if (fields.Field == Summary)
            {
                kind = KindOf(fields.Content);
            }
        }

        return (step, kind);
    }

    private static EventKind KindOf(ReadOnlySpan<byte> summary)
    {
        var values = new ProtoReader(summary);
        if (values.Next())
        {
            for (var fields = new ProtoReader(values.Content); fields.Next();)
            {
                if (fields.Field is SimpleValue or Histogram)
                {
                    return fields.Field == Histogram ? EventKind.Histograms : EventKind.Scalars;
                }
            }
        }

        return EventKind.Other;
    }

    private static ProtoWriter At(DateTimeOffset at) => new ProtoWriter().Double(WallTime, (at - DateTimeOffset.UnixEpoch).TotalSeconds);

    private static byte[] Record(ProtoWriter message) => RecordFormat.Frame(message.Bytes);
}
