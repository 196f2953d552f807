using Granary.Jobs;

namespace Granary.Model.Onnx;

/// <summary>The parts of dates, in whole numbers.</summary>
internal sealed class DateOnnxColumn() : NumberOnnxColumn("days since 1970-01-01 UTC, with the part of the day")
{
    private const long DaysFromMarch = 306; // from 0000-03-01 to 0001-01-01
    private const long DaysOfEra = 146097; // of 400 years

    /// <inheritdoc/>
    protected override (OnnxValue? Numbers, IReadOnlyList<OnnxValue> Choices) Parts(OnnxGraph graph, FittedColumn column, OnnxValue x)
    {
        var date = new Date(graph, x);
        var parts = column.Section.Parts!;
        OnnxValue[] numbers = [.. parts.Where(p => p is not (DatePart.Month or DatePart.Weekday)).Select(p => p switch
        {
            DatePart.Elapsed => x,
            DatePart.Year => graph.Cast(date.Year, OnnxType.Float64),
            DatePart.DayOfYear => graph.Cast(date.DayOfYear, OnnxType.Float64),
            DatePart.Day => graph.Cast(date.Day, OnnxType.Float64),
            _ => date.Hours,
        })];
        OnnxValue[] choices = [.. parts.Where(p => p is DatePart.Month or DatePart.Weekday).Select(p =>
            p == DatePart.Month ? graph.OneOf(date.Month, 1, 12) : graph.OneOf(date.Weekday, 0, 7))];
        return (numbers.Length > 0 ? graph.SideBySide(numbers) : null, choices);
    }

    /// <summary>A date of the Gregorian calendar. Years begin in March, so that a leap day is the last of its year, and the lengths of months follow a line.</summary>
    private sealed class Date
    {
        private readonly OnnxGraph _graph;
        private readonly OnnxValue _ticks; // since 0001-01-01, int64, [N, 1] as all here
        private readonly OnnxValue _days; // since then
        private readonly OnnxValue _dayOfYear; // from 0, 1 March, on
        private readonly OnnxValue _month; // from 0, March, on

        public Date(OnnxGraph graph, OnnxValue days)
        {
            _graph = graph;

            // As .NET rounds it, in float64: a mean of dates lies between two ticks.
            var ticks = graph.Add("Add", [graph.Add("Round", [graph.Add("Mul", [days, graph.Doubles([TimeSpan.TicksPerDay])])]), graph.Doubles([DateTime.UnixEpoch.Ticks])]);
            ticks = graph.Add("Min", [graph.Add("Max", [ticks, graph.Doubles([0])]), graph.Doubles([Math.BitDecrement((double)DateTime.MaxValue.Ticks)])]);
            _ticks = graph.Cast(ticks, OnnxType.Int64);
            _days = Div(_ticks, TimeSpan.TicksPerDay);
            Weekday = Mod(_days, 7); // 0001-01-01 was a Monday
            var since = Sum(DaysFromMarch, (1, _days));
            var (era, dayOfEra) = (Div(since, DaysOfEra), Mod(since, DaysOfEra));
            var yearOfEra = Div(Sum(0, (1, dayOfEra), (-1, Div(dayOfEra, 1460)), (1, Div(dayOfEra, 36524)), (-1, Div(dayOfEra, DaysOfEra - 1))), 365);
            _dayOfYear = Sum(0, (1, dayOfEra), (-365, yearOfEra), (-1, Div(yearOfEra, 4)), (1, Div(yearOfEra, 100)));
            _month = Div(Sum(2, (5, _dayOfYear)), 153);
            var isNextYear = graph.Cast(graph.Add("GreaterOrEqual", [_month, graph.Integer(10)]), OnnxType.Int64);
            Month = Sum(3, (1, _month), (-12, isNextYear));
            Year = Sum(0, (400, era), (1, yearOfEra), (1, isNextYear));
        }

        public OnnxValue Year { get; }

        public OnnxValue Month { get; } // from 1 on

        public OnnxValue Weekday { get; } // 0: Monday

        public OnnxValue Day => Sum(1, (1, _dayOfYear), (-1, Div(Sum(2, (153, _month)), 5))); // of the month, from 1 on

        public OnnxValue DayOfYear // from 1 on
        {
            get
            {
                var before = Sum(-1, (1, Year));
                return Sum(1, (1, _days), (-365, before), (-1, Div(before, 4)), (1, Div(before, 100)), (-1, Div(before, 400)));
            }
        }

        public OnnxValue Hours => _graph.Add("Div", [_graph.Cast(Mod(_ticks, TimeSpan.TicksPerDay), OnnxType.Float64), _graph.Doubles([TimeSpan.TicksPerHour])]);

        private OnnxValue Sum(long constant, params ReadOnlySpan<(long Times, OnnxValue Value)> terms)
        {
            var sum = _graph.Integer(constant);
            foreach (var (times, value) in terms)
            {
                sum = _graph.Add("Add", [sum, times == 1 ? value : _graph.Add("Mul", [value, _graph.Integer(times)])]);
            }

            return sum;
        }

        private OnnxValue Div(OnnxValue a, long b) => _graph.Add("Div", [a, _graph.Integer(b)]);

        private OnnxValue Mod(OnnxValue a, long b) => _graph.Add("Mod", [a, _graph.Integer(b)]);
    }
}
