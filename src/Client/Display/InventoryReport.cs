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
    public string Text()
    {
        var text = new StringBuilder();
        Line(text, $"{Name}: {Model.KindName()}");
        Line(text, $"");
        Line(text, $"{"",-18}{"matrices",10}{"shape of each",20}{"weights",19}");
        foreach (var m in Matrices)
        {
            var shape = m.Matrices == 0 ? "the embedding" : string.Create(CultureInfo.InvariantCulture, $"{m.Rows:N0} x {m.Columns:N0}");
            Line(text, $"{m.Name,-18}{m.Matrices,10:N0}{shape,20}{m.Weights,19:N0}");
        }

        Line(text, $"{"total",-18}{Matrices.Sum(m => m.Matrices),10:N0}{"",20}{Matrices.Sum(m => m.Weights),19:N0}");
        Line(text, $"");
        var rest = Model.Kind switch
        {
            ModelKind.Transformer => "With positions, biases and norms",
            ModelKind.SkipGram or ModelKind.Own => "In all",
            _ => "With biases",
        };
        Line(text, $"{rest}: {Parameters:N0} weights.");
        if (Costs.Count > 0)
        {
            AddCosts(text);
        }

        return text.ToString();
    }

    private void AddCosts(StringBuilder text)
    {
        Line(text, $"");
        Line(text, $"{"silos",5}{"sent per step",18}{"memory",18}{"weights",18}{"gradients",18}{"optimiser",18}{"exchange",18}{"checkpoint",18}");
        foreach (var c in Costs)
        {
            var m = c.Memory;
            Line(text, $"{c.Silos,5}{c.BytesSent,18:N0}{m.Total,18:N0}{m.Weights,18:N0}{m.Gradients,18:N0}{m.Optimizer,18:N0}{m.Exchange,18:N0}{m.Checkpoint,18:N0}");
        }

        Line(text, $"");
        Line(text, $"Bytes of the silo that sends, and of the one that holds, most; examples, activations and the process come on top.");
    }

    private static void Line(StringBuilder text, FormattableString line) => text.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');

    /// <summary>As one JSON document.</summary>
    public object Document() => new
    {
        name = Name,
        model = Model.KindName(),
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
