namespace Granary.Jobs;

/// <summary>Scaled numbers, then choices, then whether the value is missing.</summary>
internal sealed class NumberEncoder : ColumnEncoder
{
    private readonly FittedColumn _column;
    private readonly NumberKind _kind;
    private readonly int _numbers;
    private readonly int _choices;

    public NumberEncoder(FittedColumn column, NumberKind kind)
    {
        (_column, _kind) = (column, kind);
        var (numbers, choices) = (kind.Numbers(column.Section), kind.Choices(column.Section));
        (_numbers, _choices) = (numbers.Count, choices.Count);
        string[] missing = column.Section.Missing == MissingRule.Slot ? [$"{column.Name} is missing"] : [];
        Features = [.. numbers.Select(n => n.Length == 0 ? column.Name : $"{column.Name}.{n}"), .. choices.Select(c => $"{column.Name}.{c}"), .. missing];
    }

    /// <inheritdoc/>
    public override IReadOnlyList<string> Features { get; }

    /// <inheritdoc/>
    public override int? Numbers => _numbers;

    /// <inheritdoc/>
    public override void Encode(double value, string? text, Span<double> into)
    {
        var section = _column.Section;
        var x = double.IsNaN(value) ? _column.Fill!.Value : NumberKind.Clipped(section, value);
        _kind.Split(section, x, into[.._numbers]);
        for (var i = 0; i < _numbers; i++)
        {
            into[i] = _column.Divisor[i] == 0 ? 0 : (into[i] - _column.Center[i]) / _column.Divisor[i];
        }

        _kind.Choose(section, x, into.Slice(_numbers, _choices));
        if (section.Missing == MissingRule.Slot)
        {
            into[^1] = double.IsNaN(value) ? 1 : 0;
        }
    }
}
