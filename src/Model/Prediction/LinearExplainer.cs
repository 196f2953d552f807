using Granary.BuiltIn;
using Granary.Jobs;
using Granary.Model.Files;
using Granary.Model.Networks;

namespace Granary.Model.Prediction;

/// <summary>Takes a linear model's scores apart: z_k = b_k + sum over columns of the sum of w_kj x_j over the features j of the column.</summary>
/// <remarks>C columns, D features, K outputs.</remarks>
internal sealed class LinearExplainer
{
    private readonly TrainedModel _model;
    private readonly ColumnFeatures _columns;

    /// <exception cref="JobException">The model is not linear.</exception>
    public LinearExplainer(TrainedModel model)
    {
        if (!NetworkCatalogue.Of(model.Model).IsLinear || model.Shape is not [{ Dims: [_, var features] }, { Dims: [_] }] || features != model.Facts.Shape.Features)
        {
            throw new JobException($"{model.Name}: this is a {model.Model.Kind} model, whose scores are no sums over columns. --explain is for models that are linear: "
                + $"{string.Join(", ", BuiltInModels.Makers.Where(m => m.IsLinear).Select(m => m.Kind))}. For others see which columns matter with granary evaluate --importance.");
        }

        (_model, _columns) = (model, ColumnFeatures.Of(model));
    }

    /// <summary>The columns, in the order of <see cref="Explanation.Contributions"/>.</summary>
    public IReadOnlyList<string> Columns => _columns.Names;

    /// <summary>What is explained of every example: the second of two classes, or each label; empty where it is the class that was chosen, or a number.</summary>
    public IReadOnlyList<string> Of => _model.Facts.Shape switch
    {
        { IsNumber: true } => [],
        { IsMultiLabel: true } => _model.Facts.Classes,
        _ => Outputs == 1 ? [_model.Facts.Classes[1]] : [],
    };

    private int Outputs => _model.Shape[1].Dims[0];

    /// <summary>Explains one example.</summary>
    /// <param name="x">[D] as the network gets it, but for the rounding to the model's precision.</param>
    /// <param name="z">[K] what the network gave.</param>
    /// <param name="chosen">The class that was chosen; without meaning where <see cref="Of"/> names what is explained, and for numbers.</param>
    public Explanation[] Explain(ReadOnlySpan<double> x, ReadOnlySpan<double> z, int chosen)
    {
        var (one, several) = (Outputs > 1 ? chosen : 0, _model.Facts.Shape.IsMultiLabel);
        var made = new Explanation[several ? Outputs : 1];
        for (var i = 0; i < made.Length; i++)
        {
            var k = several ? i : one;
            made[i] = Explain(x, z[k], k);
        }

        return made;
    }

    private Explanation Explain(ReadOnlySpan<double> x, double z, int k)
    {
        var weights = _model.Weights.AsSpan(k * x.Length, x.Length);
        var (isSingle, scaling) = (_model.Model.Precision == Precision.Float32, _model.Facts.TargetScaling);
        var contributions = new double[_columns.Ends.Count];
        for (var c = 0; c < contributions.Length; c++)
        {
            double sum = 0;
            for (var f = _columns.First(c); f < _columns.Ends[c]; f++)
            {
                sum += weights[f] * (isSingle ? (float)x[f] : x[f]); // each product in float64
            }

            contributions[c] = sum * (scaling?.Deviation ?? 1);
        }

        return new Explanation(scaling.FromModel(z), scaling.FromModel(_model.Weights[(Outputs * x.Length) + k]), contributions);
    }
}
