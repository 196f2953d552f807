namespace Granary.Bench.Data;

/// <summary>The tables that can be made.</summary>
internal static class Laws
{
    private const int HoursOfDay = 24;
    private const double DaysOfYear = 365.25;

    /// <summary>People and whether they earn much: numbers, categories of which many are rare, gaps; a quarter of the targets is 1.</summary>
    public static TableLaw Adult { get; } = new("adult", "earns", new ClassResponse(), -5.2,
    [
        new NumberCells("age", 0.03, 0, (d, _) => 17 + (73 * d.Uniform() * d.Uniform())),
        new CategoryCells("workclass", 8, 0.6, 1.5, missing: 0.06) { MissingEffect = -0.4 },
        new NumberCells("weight", 0, 0, (d, _) => 190_000 * Math.Exp(0.5 * d.Normal())), // says nothing
        new CategoryCells("education", 16, 1.5, 0.8),
        new NumberCells("years", 0.1, 0, (d, _) => Math.Clamp(10 + (2.5 * d.Normal()), 1, 16), missing: 0.03) { MissingEffect = 0.6 },
        new CategoryCells("marital", 7, 1.2, 1),
        new CategoryCells("occupation", 14, 0.9, 0.3, missing: 0.06) { MissingEffect = -0.5 },
        new CategoryCells("relation", 6, 0.8, 0.7),
        new BooleanCells("union", 0.3, 0.2),
        new NumberCells("gain", 0.0003, 0, (d, _) => d.Happens(0.08) ? Math.Min(99_999, 3_000 * Math.Exp(d.Normal())) : 0),
        new NumberCells("hours", 0.04, 0, (d, _) => Math.Clamp(40 + (12 * d.Normal()), 1, 99)),
        new CategoryCells("country", 42, 0.7, 2, missing: 0.02),
    ]);

    /// <summary>Houses and their prices, whose noise is skewed and grows with the price.</summary>
    public static TableLaw Houses { get; } = new("houses", "price", new NumberResponse(0.2), 140_000,
    [
        new NumberCells("area", 1_900, 1, (d, _) => Math.Clamp(110 * Math.Exp(0.4 * d.Normal()), 25, 600)),
        new NumberCells("rooms", 4_000, 0, (d, _) => 1 + d.Below(8)),
        new NumberCells("built", 120, 0, (d, _) => 1900 + d.Below(125), missing: 0.05) { MissingEffect = 230_000 },
        new NumberCells("lot", 25, 0, (d, _) => 500 * Math.Exp(0.7 * d.Normal()), missing: 0.1) { MissingEffect = 16_000 },
        new NumberCells("distance", -2_500, 2, (d, _) => 20 * d.Uniform()),
        new CategoryCells("neighbourhood", 60, 90_000, 1),
        new CategoryCells("heating", 5, 15_000, 1, missing: 0.04),
        new CategoryCells("condition", 6, 40_000, 0.5),
        new BooleanCells("garage", 18_000, 0.6),
        new DateCells("sold", 12_000, 4_000, 0, (d, _) => HoursOfDay * d.Below(3 * 365)),
    ]);

    /// <summary>Bicycles that are hired hour by hour, two years and a little more of them.</summary>
    public static TableLaw Bikes { get; } = new("bikes", "hired", new CountResponse(), 3.9,
    [
        new DateCells("time", 0.25, 0.25, -0.1, (_, i) => i),
        new CategoryCells("hour", HoursOfDay, 1.4, of: i => i % HoursOfDay),
        new CategoryCells("weather", 4, 0.5, 2.5),
        new BooleanCells("holiday", -0.2, 0.03),
        new NumberCells("temperature", 0.03, 1, (d, i) => 12 - (10 * Math.Cos(2 * Math.PI * i / (HoursOfDay * DaysOfYear))) + (4 * d.Normal())),
        new NumberCells("humidity", -0.005, 0, (d, _) => Math.Clamp(60 + (20 * d.Normal()), 5, 100), missing: 0.02) { MissingEffect = -0.3 },
        new NumberCells("wind", -0.01, 1, (d, _) => 12 * Math.Abs(d.Normal())),
    ]);

    /// <summary>Thirty columns of every form, for speed: 19 of numbers, two of them with gaps, 8 of categories, two with gaps, 2 of true and false, and a date.</summary>
    public static TableLaw Mixed { get; } = new("mixed", "target", new ClassResponse(), -1,
    [
        .. Enumerable.Range(0, 19).Select(k => new NumberCells($"n{k}", k % 3 == 0 ? 0.4 : k % 3 == 1 ? -0.2 : 0.05, 4, (d, _) => d.Normal(), missing: k is 5 or 11 ? 0.05 : 0)),
        .. new[] { 3, 4, 6, 8, 10, 12, 16, 30 }.Select((n, k) => new CategoryCells($"c{k}", n, 0.6, k % 2 == 0 ? 0.5 : 1.2, missing: k is 2 or 6 ? 0.05 : 0)),
        new BooleanCells("b0", 0.5, 0.5),
        new BooleanCells("b1", -0.7, 0.1),
        new DateCells("day", 0.2, 0.3, 0.2, (d, _) => HoursOfDay * d.Below(3 * 365)),
    ]);
}
