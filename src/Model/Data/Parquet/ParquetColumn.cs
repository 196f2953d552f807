using System.Globalization;
using System.Numerics;
using Granary.Jobs;
using Parquet;
using Parquet.Data;
using Parquet.Schema;

namespace Granary.Model.Data;

/// <summary>One column of one row group, as numbers or as labels.</summary>
internal static class ParquetColumn
{
    /// <summary>A feature's values; NaN where one is missing.</summary>
    /// <param name="group">The row group.</param>
    /// <param name="field">The column.</param>
    /// <param name="place">The same in words.</param>
    /// <param name="missing">What has no value, and what becomes of it.</param>
    /// <exception cref="JobException">The column is of another type, or has a null or a value that is not finite.</exception>
    public static async Task<double[]> Numbers(ParquetRowGroupReader group, DataField field, string place, MissingCells missing)
    {
        var values = await Values(group, field)
            ?? throw new JobException($"{place} holds {Kind(field)}, but a feature must be float, double, decimal, a whole number "
                + $"or bool. {Remedy(field)}, or name it in data.ignore.");
        if (!missing.AreFilled && Array.FindIndex(values, v => IsMissing(v, missing)) is >= 0 and var at)
        {
            var what = values[at] is { } x ? $"holds {x.ToString(CultureInfo.InvariantCulture)}" : "is null";
            throw new JobException($"{place} {what} in row {at} of the group: fill it in, leave the row out, or set data.missing to mean"
                + $"{Others(values.LongCount(v => IsMissing(v, missing)), "no value there")}.");
        }

        bool IsOdd(double? v) => !IsMissing(v, missing) && !double.IsFinite(v!.Value);
        var odd = Array.FindIndex(values, IsOdd);
        return odd < 0
            ? [.. values.Select(v => IsMissing(v, missing) ? double.NaN : v!.Value)]
            : throw new JobException($"{place} holds {values[odd]!.Value.ToString(CultureInfo.InvariantCulture)} in row {odd} of the group, which is not "
                + $"a finite number{Others(values.LongCount(IsOdd), "such a cell")}: fill it in, or leave the row out.");
    }

    private static string Others(long count, string what) => count == 1 ? "" : $": {Plural.Of(count, "row")} of the group have {what}";

    /// <summary>Targets or weights; none may be missing.</summary>
    /// <inheritdoc cref="Numbers"/>
    public static async Task<double[]> ExtraNumbers(ParquetRowGroupReader group, DataField field, string place, NumberColumn column, MissingCells missing)
    {
        var values = await Values(group, field)
            ?? throw new JobException($"{place} holds {Kind(field)}, but {column.Key}. {Remedy(field)}, or choose another data.{column.NamedBy}.");
        var at = Array.FindIndex(values, v => column.IsMissing(v, missing) || !column.Takes(v!.Value));
        return at < 0
            ? [.. values.Select(v => v!.Value)]
            : throw new JobException($"{place} {(values[at] is { } x ? $"holds {x.ToString(CultureInfo.InvariantCulture)}" : "is null")} in row {at} of the group, "
                + column.Role switch
                {
                    NumberRole.Label => "but a label (data.labelColumns) is 1 where a row has it, else 0: ",
                    NumberRole.Weight => "but a weight (data.weight) is a finite number, 0 or more: ",
                    _ => "but every row needs a finite number as its target: ",
                }
                + "give it one, or leave the row out.");
    }

    private static bool IsMissing(double? value, MissingCells missing) =>
        value is not { } x || (double.IsNaN(x) ? missing.AnyNaN : missing.AnyNumber && missing.Has(x));

    /// <summary>The labels: numbers as they are written in CSV, true and false, or texts.</summary>
    /// <inheritdoc cref="Numbers"/>
    public static async Task<string[]> Labels(ParquetRowGroupReader group, DataField field, string place, MissingCells missing)
    {
        var labels = await Labels(group, field)
            ?? throw new JobException($"{place} holds {Kind(field)}, but a label must be a text, a number or bool.");
        var none = Array.FindIndex(labels, l => missing.IsNoLabel((l ?? "").Trim()));
        if (none < 0)
        {
            return [.. labels.Select(l => l!)];
        }

        var count = labels.LongCount(l => missing.IsNoLabel((l ?? "").Trim()));
        throw new JobException(missing.NoLabel(place, (labels[none] ?? "").Trim(), $" in row {none} of the group", count == 1 ? null : $"{Plural.Of(count, "row")} of the group have"));
    }

    /// <summary>All cells as texts, dates among them; null where there is none.</summary>
    /// <inheritdoc cref="Numbers"/>
    public static async Task<string?[]> Texts(ParquetRowGroupReader group, DataField field, string place) =>
        await Dates(group, field) is { } dates ? [.. dates.Select(d => d?.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF", CultureInfo.InvariantCulture))]
        : await Labels(group, field) ?? throw new JobException($"{place} holds {Kind(field)}, but a column must be a text, a number, bool, or a date. Name it in data.ignore.");

    /// <summary>Cells that are dates; null where they are of another type.</summary>
    public static async Task<DateTime?[]?> Dates(ParquetRowGroupReader group, DataField field)
    {
        if (field.ClrType == typeof(DateTime))
        {
            return await Read<DateTime>(group, field);
        }

        return field.ClrType == typeof(DateOnly) ? [.. (await Read<DateOnly>(group, field)).Select(d => d?.ToDateTime(TimeOnly.MinValue))] : null;
    }

    // Null where the type is none of a label.
    private static async Task<string?[]?> Labels(ParquetRowGroupReader group, DataField field)
    {
        string?[] labels;
        if (field.ClrType == typeof(ReadOnlyMemory<char>))
        {
            labels = new string?[Rows(group)];
            await group.ReadAsync(field, labels.AsMemory()!);
        }
        else if (field.ClrType == typeof(long))
        {
            labels = await WholeNumbers<long>(group, field); // a double would not tell those above 2^53 apart
        }
        else if (field.ClrType == typeof(ulong))
        {
            labels = await WholeNumbers<ulong>(group, field);
        }
        else if (field.ClrType == typeof(BigDecimal))
        {
            labels = [.. (await Read<BigDecimal>(group, field)).Select(d => d is { } x ? ParquetDecimal.ToLabel(x) : null)];
        }
        else if (await Values(group, field) is { } values)
        {
            labels = [.. values.Select(v => v is not { } x || !double.IsFinite(x) ? null
                : field.ClrType == typeof(bool) ? x == 1 ? "true" : "false"
                : x.ToString("R", CultureInfo.InvariantCulture))];
        }
        else
        {
            return null;
        }

        return labels;
    }

    private static async Task<string?[]> WholeNumbers<T>(ParquetRowGroupReader group, DataField field)
        where T : struct, INumberBase<T> =>
        [.. (await Read<T>(group, field)).Select(v => v?.ToString(null, CultureInfo.InvariantCulture))];

    private static string Remedy(DataField field) => field.ClrType == typeof(DateTime) || field.ClrType == typeof(DateOnly)
        ? "Convert it to a number whose meaning you choose, such as days since a date"
        : "Convert it to numbers";

    private static string Kind(DataField field) => field.ClrType == typeof(ReadOnlyMemory<char>) ? "text"
        : field.ClrType == typeof(ReadOnlyMemory<byte>) ? "bytes"
        : field.ClrType == typeof(DateTime) || field.ClrType == typeof(DateOnly) ? "dates or times"
        : field.ClrType == typeof(TimeOnly) || field.ClrType == typeof(TimeSpan) ? "times of day or durations"
        : $"values of type {field.ClrType.Name}";

    /// <summary>Cells that are numbers or bool; null where they are of another type.</summary>
    public static async Task<double?[]?> Values(ParquetRowGroupReader group, DataField field) => field.ClrType switch
    {
        var t when t == typeof(double) => await Numbers<double>(group, field),
        var t when t == typeof(float) => await Numbers<float>(group, field),
        var t when t == typeof(int) => await Numbers<int>(group, field),
        var t when t == typeof(long) => await Numbers<long>(group, field),
        var t when t == typeof(short) => await Numbers<short>(group, field),
        var t when t == typeof(sbyte) => await Numbers<sbyte>(group, field),
        var t when t == typeof(byte) => await Numbers<byte>(group, field),
        var t when t == typeof(ushort) => await Numbers<ushort>(group, field),
        var t when t == typeof(uint) => await Numbers<uint>(group, field),
        var t when t == typeof(ulong) => await Numbers<ulong>(group, field),
        var t when t == typeof(BigDecimal) => [.. (await Read<BigDecimal>(group, field)).Select(d => d is { } x ? ParquetDecimal.ToDouble(x) : (double?)null)],
        var t when t == typeof(bool) => [.. (await Read<bool>(group, field)).Select(b => b is { } set ? set ? 1.0 : 0 : (double?)null)],
        _ => null,
    };

    private static async Task<double?[]> Numbers<T>(ParquetRowGroupReader group, DataField field)
        where T : struct, INumberBase<T> =>
        [.. (await Read<T>(group, field)).Select(v => v is { } x ? double.CreateChecked(x) : (double?)null)];

    private static async Task<T?[]> Read<T>(ParquetRowGroupReader group, DataField field)
        where T : struct
    {
        var values = new T?[Rows(group)];
        if (field.IsNullable)
        {
            await group.ReadAsync<T>(field, values.AsMemory());
            return values;
        }

        var all = new T[values.Length];
        await group.ReadAsync<T>(field, all.AsMemory());
        return [.. all.Select(v => (T?)v)];
    }

    private static int Rows(ParquetRowGroupReader group) => checked((int)group.RowCount);
}
