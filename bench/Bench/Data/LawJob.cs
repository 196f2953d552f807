using System.Globalization;

namespace Granary.Bench.Data;

/// <summary>The job file that trains Granary's linear model of a generated table.</summary>
internal static class LawJob
{
    /// <summary>Writes it.</summary>
    /// <param name="table">The table.</param>
    /// <param name="path">The job file.</param>
    /// <param name="tolerance">The greatest component of the mean loss' gradient at which training may end.</param>
    /// <param name="shards">Parts of the table: a silo reads its own one after the other, and a small one takes less memory meanwhile.</param>
    /// <returns>The job file.</returns>
    public static string Write(TableFiles table, string path, double tolerance, int shards)
    {
        var (model, target) = table.Law.Response switch
        {
            ClassResponse => ("kind: logistic", ""),
            CountResponse => ("kind: linear, loss: poisson", "\n  target: number"),
            _ => ("kind: linear", "\n  target: number\n  standardizeTarget: true"),
        };

        // The squared error has no half: a penalty on it counts twice.
        var decay = LawSpec.Penalty / table.Rows * (table.Law.Response is NumberResponse ? 2 : 1);
        File.WriteAllText(path, string.Create(CultureInfo.InvariantCulture, $$"""
            version: 1
            name: bench-{{table.Law.Name}}
            model: { {{model}} }
            data:
              format: csv
              path: {{table.Train}}
              label: {{table.Law.Target}}{{target}}
              shards: {{shards}}
              columns:
            {{string.Join('\n', table.Law.Columns.Select(c => $"    {c.Name}: {Described(c)}"))}}
            training:
              epochs: 1000
              optimizer: { kind: lbfgs, weightDecay: {{decay}}, tolerance: {{tolerance}} }

            """));
        return path;
    }

    private static string Described(LawColumn column)
    {
        var missing = column.MissingRate > 0 ? ", missing: slot" : "";
        return column.Form switch
        {
            ColumnForm.Number => $"{{ kind: numeric, scale: standard{missing} }}",
            ColumnForm.Category => string.Create(CultureInfo.InvariantCulture, $"{{ kind: categorical, minCount: {LawSpec.FewRows}{missing} }}"),
            ColumnForm.Boolean => "boolean",
            _ => "{ kind: date, parts: [elapsed, month, weekday] }",
        };
    }
}
