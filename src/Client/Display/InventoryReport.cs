using System.Globalization;
using System.Text;
using Granary.Jobs;

namespace Granary.Client.Display;

/// <summary>What inspect prints: a model's matrices and, for a job, what training it takes.</summary>
/// <param name="Name">The job's or preset's name.</param>
/// <param name="Model">The model.</param>
/// <param name="Input">What its data says about its ends.</param>
/// <param name="Costs">One per number of silos; none for a preset.</param>
internal sealed record InventoryReport(string Name, ModelSection Model, InputShape Input, IReadOnlyList<SiloCosts> Costs)
{
    private IReadOnlyList<MatrixGroup> Matrices => ModelInventory.Of(Model, Input);

    private long Parameters => ModelShape.Weights(ModelShape.Of(Model, Input));

    /// <summary>As lines of text.</summary>
    /// <param name="width">Columns of the terminal; null: no limit.</param>
    public string Text(int? width)
    {
        var text = new StringBuilder();
        Line(text, $"{Name}: {Model.Kind}");
        Line(text, $"");
        var table = new TextTable(text: false, "", ">matrices", ">shape of each", ">weights");
        foreach (var m in Matrices)
        {
            table.Add(m.Name, N(m.Matrices), m.Matrices == 0 ? "the embedding" : $"{N(m.Rows)} x {N(m.Columns)}", N(m.Weights));
        }

        table.Add("total", N(Matrices.Sum(m => m.Matrices)), "", N(Matrices.Sum(m => m.Weights)));
        text.Append(table.Text(width));
        Line(text, $"");
        Line(text, $"{ModelKinds.Of(Model).BesidesMatrices}: {Plural.Of(Parameters, "weight")}.");
        if (Costs.Count > 0)
        {
            AddCosts(text, width);
        }

        return text.ToString();
    }

    private void AddCosts(StringBuilder text, int? width)
    {
        Line(text, $"");
        var table = new TextTable(text: false, ">silos", ">sent per step", ">memory", ">weights", ">gradients", ">optimiser", ">exchange", ">checkpoint");
        foreach (var c in Costs)
        {
            var m = c.Memory;
            table.Add(N(c.Silos), N(c.BytesSent), N(m.Total), N(m.Weights), N(m.Gradients), N(m.Optimizer), N(m.Exchange), N(m.Checkpoint));
        }

        text.Append(table.Text(width));
        Line(text, $"");
        Line(text, $"Bytes of the silo that sends, and of the one that holds, most; examples, activations and the process come on top.");
    }

    private static string N(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    private static void Line(StringBuilder text, FormattableString line) => text.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');

    /// <summary>As one JSON document.</summary>
    public object Document() => new
    {
        name = Name,
        model = Model.Kind,
        matrices = Matrices.Select(m => new { name = m.Name, matrices = m.Matrices, rows = m.Rows, columns = m.Columns, weights = m.Weights }),
        totalMatrices = Matrices.Sum(m => m.Matrices),
        totalMatrixWeights = Matrices.Sum(m => m.Weights),
        parameters = Parameters,
        costs = Costs.Count == 0 ? null : Costs.Select(c => new
        {
            silos = c.Silos,
            bytesSentPerStep = c.BytesSent,
            memory = new
            {
                total = c.Memory.Total,
                weights = c.Memory.Weights,
                gradients = c.Memory.Gradients,
                optimizer = c.Memory.Optimizer,
                exchange = c.Memory.Exchange,
                checkpoint = c.Memory.Checkpoint,
            },
        }),
    };
}
