using System.Globalization;
using System.Text;
using Granary.Jobs;
using Parquet;
using Parquet.Schema;

namespace Granary.Model.Data;

/// <summary>The column that says which rows are held out together: by group, or by time. A cell becomes one number: a hash of the group's name, the time, or
/// days since 1970-01-01.</summary>
internal sealed class SplitColumn
{
    private readonly string _name;
    private readonly ColumnSection? _time;
    private readonly MissingCells _missing;

    private SplitColumn(string name, ColumnSection? time, DataSection data) => (_name, _time, _missing) = (name, time, new MissingCells(data));

    /// <summary>Of a job; null: it has none.</summary>
    /// <param name="data">Its data section.</param>
    /// <exception cref="JobException">The times are neither numbers nor dates.</exception>
    public static SplitColumn? Of(DataSection data) => data.Validation switch
    {
        { Group: { } group } => new SplitColumn(group, null, data),
        { Time: { } time } => new SplitColumn(time, data.Columns?.Named.GetValueOrDefault(time) ?? Inferred(data, time), data),
        _ => null,
    };

    // Every shard infers it from the same rows.
    private static ColumnSection Inferred(DataSection data, string time)
    {
        var alone = data with
        {
            Columns = new ColumnsSection(false, new Dictionary<string, ColumnSection> { [time] = new() { Kind = ColumnKinds.Usual.Name } }),
            Ignore = [.. data.Ignore.Where(c => c != time)],
        };
        var section = FormatCatalogue.Of(data).Infer(alone)!.Named[time];
        var kind = ColumnKinds.Of(section.Kind);
        return kind == ColumnKinds.Usual || kind.TakesDates ? section
            : throw new JobException($"{DataFiles.NameOf(data.Path)}: the column '{time}' (data.validation.time) holds neither numbers nor dates such as 2026-03-31: choose another one, "
                + $"or say how its dates are written: data.columns: {{ {time}: {{ kind: date, pattern: ... }} }}.");
    }

    /// <summary>A time as people write it.</summary>
    /// <param name="number">Its number.</param>
    public string Text(double number)
    {
        if (!HasDates)
        {
            return number.ToString("R", CultureInfo.InvariantCulture);
        }

        var date = DateTime.UnixEpoch.AddTicks((long)Math.Round(number * TimeSpan.TicksPerDay));
        return date.ToString(date.TimeOfDay == TimeSpan.Zero ? "yyyy-MM-dd" : "yyyy-MM-dd'T'HH:mm:ss.FFF", CultureInfo.InvariantCulture);
    }

    /// <summary>All that a cell's number depends on besides the cell, for the cache.</summary>
    public string Settings => _time is null ? "group" : $"{_time.Kind} {_time.Pattern}";

    private bool HasDates => _time is not null && ColumnKinds.Of(_time.Kind).TakesDates;

    private string Key => _time is null ? "data.validation.group" : "data.validation.time";

    private string Word => _time is null ? "group" : "time";

    /// <summary>The number of a cell as it is written; false: it has to be looked at more closely.</summary>
    /// <param name="text">The cell, without the blanks around it.</param>
    /// <param name="number">The number.</param>
    public bool TryRead(ReadOnlySpan<byte> text, out double number)
    {
        Span<char> characters = text.Length <= 256 ? stackalloc char[text.Length] : new char[text.Length];
        number = double.NaN;
        return Encoding.UTF8.TryGetChars(text, characters, out var count) && !characters[..count].Contains('\ufffd') && TryRead(characters[..count].Trim(), out number);
    }

    /// <summary>The number of a cell.</summary>
    /// <param name="text">The cell, trimmed.</param>
    /// <param name="error">An error at the cell.</param>
    /// <exception cref="JobException">There is none.</exception>
    public double Read(string text, Func<string, JobException> error) => TryRead(text, out var number) ? number
        : throw error(IsMissing(text)
            ? $"column '{_name}' ({Key}) {(text.Length == 0 ? "is empty" : $"holds '{text}', which stands for a missing value")}: every row needs a {Word}: give it one, or leave the row out{(text.Length > 0 && MayBe(text) ? $".{_missing.IfIts(text, Word)}" : "")}"
            : $"column '{_name}' ({Key}) holds '{text}', which is not {ColumnKinds.Of(_time!.Kind).Wants(_time)} as the first rows have: correct it, or leave the row out");

    private bool TryRead(ReadOnlySpan<char> text, out double number)
    {
        number = double.NaN;
        if (IsMissing(text))
        {
            return false;
        }

        if (_time is not null)
        {
            return ColumnKinds.Of(_time.Kind).TryParse(_time, text, out number);
        }

        number = GroupHash.Of(text);
        return true;
    }

    // A text that stands for a missing value may be a group's name, or a time that is written so.
    private bool MayBe(string text) => _time is null || ColumnKinds.Of(_time.Kind).TryParse(_time, text, out _);

    private bool IsMissing(ReadOnlySpan<char> text) => _missing.Has(text) || (_time is not null && _missing.AnyNumber && _missing.Stands(text.ToString()));

    /// <summary>The numbers of a row group.</summary>
    /// <param name="group">The row group.</param>
    /// <param name="field">The column.</param>
    /// <param name="place">The same in words, for messages.</param>
    /// <exception cref="JobException">A row has none, or the column is of a type that has none.</exception>
    public async Task<double[]> Read(ParquetRowGroupReader group, DataField field, string place)
    {
        if (HasDates && await ParquetColumn.Dates(group, field) is { } dates)
        {
            return [.. dates.Select((date, row) => date is { } d ? DateDays.Of(d) : Read("", At(row)))];
        }

        var texts = await ParquetColumn.Texts(group, field, place);
        return [.. texts.Select((text, row) => Read((text ?? "").Trim(), At(row)))];

        Func<string, JobException> At(int row) => what => new JobException($"{place}: row {row} of the group: {what}.");
    }
}
