using System.Text.Json.Nodes;
using YamlDotNet.RepresentationModel;

namespace Granary.Jobs;

/// <summary>A finite number in a range.</summary>
internal sealed class RealNumber : IKeyType<double>
{
    private readonly double _least;
    private readonly double? _most;
    private readonly bool _leastIsOut;
    private readonly bool _mostIsOut;
    private readonly string _rule;

    private RealNumber(double least, bool leastIsOut, double? most, bool mostIsOut, string words, string rule)
    {
        (_least, _leastIsOut, _most, _mostIsOut, Words, _rule) = (least, leastIsOut, most, mostIsOut, words, rule);
    }

    /// <summary>Above 0.</summary>
    public static RealNumber Positive { get; } = new(0, true, null, false, "above 0", "must be above 0");

    /// <summary>Above 0 and below 1.</summary>
    public static RealNumber Inner { get; } = new(0, true, 1, true, "above 0 to below 1", "must be above 0 and below 1");

    /// <summary>At least 0 and below 1.</summary>
    public static RealNumber Share { get; } = new(0, false, 1, true, "0 to below 1", "must be at least 0 and below 1");

    /// <summary>At least 0 and at most 1.</summary>
    public static RealNumber Fraction { get; } = new(0, false, 1, false, "0 to 1", "must be at least 0 and at most 1");

    /// <summary>Above 0 and at most 1.</summary>
    public static RealNumber Factor { get; } = new(0, true, 1, false, "above 0 to 1", "must be above 0 and at most 1");

    /// <summary>At least 0.</summary>
    /// <param name="zero">What 0 means, for messages.</param>
    public static RealNumber ZeroOrMore(string? zero = null) =>
        new(0, false, null, false, "0 or more", zero is null ? "must be 0 or more" : $"must be 0 ({zero}) or more");

    /// <inheritdoc/>
    public string Words { get; }

    /// <inheritdoc/>
    public JsonObject Schema()
    {
        var schema = new JsonObject { ["type"] = "number", [_leastIsOut ? "exclusiveMinimum" : "minimum"] = _least };
        if (_most is { } most)
        {
            schema[_mostIsOut ? "exclusiveMaximum" : "maximum"] = most;
        }

        return schema;
    }

    /// <inheritdoc/>
    public double Read(KeyReading at) => Read(at.Map, at.Key);

    /// <summary>The same of any section.</summary>
    public double Read(YamlMap map, string key) => map.Number(key, 0, Holds, _rule);

    /// <inheritdoc/>
    public YamlNode Write(double value) => YamlNodes.Number(value);

    private bool Holds(double value) => (_leastIsOut ? value > _least : value >= _least)
        && (_most is not { } most || (_mostIsOut ? value < most : value <= most));
}
