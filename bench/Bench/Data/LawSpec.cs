using System.Text.Json;
using System.Text.Json.Nodes;

namespace Granary.Bench.Data;

/// <summary>What a peer is told of a generated table, as JSON: files, columns, penalty. Nothing of the law.</summary>
internal static class LawSpec
{
    /// <summary>A category of fewer rows to train on shares one feature with all others of that kind.</summary>
    public const int FewRows = 10;

    /// <summary>What the squares of the weights are multiplied by, half of it, where losses are summed: scikit-learn's C = 1 and alpha = 1.</summary>
    public const double Penalty = 1;

    /// <summary>Writes it.</summary>
    /// <param name="table">The table.</param>
    /// <param name="predictions">Where the peer's predictions for the rows held out go, one a line.</param>
    /// <param name="tolerance">The greatest component of the mean loss' gradient at which training may end.</param>
    /// <returns>The file.</returns>
    public static string Write(TableFiles table, string predictions, double tolerance)
    {
        var path = predictions + ".json";
        File.WriteAllText(path, new JsonObject
        {
            ["kind"] = Kind(table.Law.Response),
            ["target"] = table.Law.Target,
            ["train"] = table.Train,
            ["heldOut"] = table.HeldOut,
            ["rows"] = table.Rows,
            ["predictions"] = predictions,
            ["penalty"] = Penalty,
            ["few"] = FewRows,
            ["tolerance"] = tolerance,
            ["columns"] = new JsonArray([.. table.Law.Columns.Select(c => new JsonObject
            {
                ["name"] = c.Name,
                ["form"] = JsonNamingPolicy.CamelCase.ConvertName(c.Form.ToString()),
                ["gaps"] = c.MissingRate > 0,
            })]),
        }.ToJsonString());
        return path;
    }

    private static string Kind(Response response) => response switch
    {
        ClassResponse => "class",
        CountResponse => "count",
        _ => "number",
    };
}
