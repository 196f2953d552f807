namespace Granary.Bench.Measuring;

/// <summary>What a figure or a ratio has to be.</summary>
/// <param name="Value">The target.</param>
/// <param name="AtMost">Whether it may not be exceeded; else it has to be reached.</param>
internal sealed record Target(double Value, bool AtMost)
{
    public static Target Most(double value) => new(value, true);

    public static Target Least(double value) => new(value, false);

    /// <summary>Whether a figure is good enough.</summary>
    public bool IsMet(double figure) => AtMost ? figure <= Value : figure >= Value;

    public override string ToString() => $"{(AtMost ? "<=" : ">=")} {Figure.Text(Value)}";
}

/// <summary>Both sides in one round.</summary>
/// <param name="Granary">Granary's figure.</param>
/// <param name="Peer">The peer's; null: there is none.</param>
/// <param name="Round">Which round, from 1.</param>
/// <param name="Quiet">Whether the machine was the bench's alone in it; null: not known.</param>
internal sealed record Pair(double Granary, double? Peer, int Round = 1, bool? Quiet = null)
{
    /// <summary>Granary's over the peer's.</summary>
    public double? Ratio => Granary / Peer;
}

/// <summary>One line of the results. The target is for the ratio where there is a peer, else for Granary's own figure.</summary>
/// <param name="Comparison">The comparison it belongs to.</param>
/// <param name="Work">What was done.</param>
/// <param name="PeerName">Who else did it; null: there is only a target.</param>
/// <param name="Unit">Of both figures.</param>
/// <param name="Target">What is asked; null: for information.</param>
/// <param name="Pairs">Round by round, at least one.</param>
internal sealed record Row(string Comparison, string Work, string? PeerName, string Unit, Target? Target, IReadOnlyList<Pair> Pairs)
{
    /// <summary>Its name in the results.</summary>
    public string Name => PeerName is null ? $"{Comparison}: {Work}" : $"{Comparison}: {Work} against {PeerName}";

    /// <summary>Granary's median, least and greatest.</summary>
    public Spread Granary => Spread.Of(Pairs.Select(p => p.Granary));

    /// <summary>The peer's.</summary>
    public Spread? Peer => PeerName is null ? null : Spread.Of(Pairs.Select(p => p.Peer!.Value));

    /// <summary>The ratio's, pair by pair.</summary>
    public Spread? Ratio => PeerName is null ? null : Spread.Of(Pairs.Select(p => p.Ratio!.Value));

    /// <summary>Whether the median is good enough; null: nothing is asked.</summary>
    public bool? Met => Target?.IsMet((Ratio ?? Granary).Median);

    /// <summary>The row of one work against one peer, of the rounds in which both have a figure; none where there are none.</summary>
    public static IEnumerable<Row> Of(Measured measured, string comparison, string work, string peer, string unit, Target? target, string? shown = null)
    {
        var pairs = measured.Rounds.Where(r => r.Of(Contestant.Granary, work) is not null && r.Of(peer, work) is not null)
            .Select(r => new Pair(r.Of(Contestant.Granary, work)!.Value, r.Of(peer, work)!.Value, r.Number, r.Quietness?.IsQuiet)).ToArray();
        return pairs.Length == 0 ? [] : [new Row(comparison, shown ?? work, peer, unit, target, pairs)];
    }

    /// <summary>The row of one work of Granary's alone, or of another way to use it.</summary>
    public static IEnumerable<Row> Alone(
        Measured measured, string comparison, string work, string unit, Target? target, string? shown = null, string side = Contestant.Granary)
    {
        var figures = measured.Rounds.Where(r => r.Of(side, work) is not null)
            .Select(r => new Pair(r.Of(side, work)!.Value, null, r.Number, r.Quietness?.IsQuiet)).ToArray();
        return figures.Length == 0 ? [] : [new Row(comparison, shown ?? work, null, unit, target, figures)];
    }
}

/// <summary>Median, least and greatest.</summary>
internal sealed record Spread(double Median, double Min, double Max)
{
    public static Spread Of(IEnumerable<double> figures)
    {
        var sorted = figures.Order().ToArray();
        var middle = sorted.Length / 2;
        return new Spread(sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2, sorted[0], sorted[^1]);
    }
}
