using Granary.Jobs;
using Granary.Model.Files;

namespace Granary.Model.Prediction;

/// <summary>Writes predictions, one after another, to a stream that it leaves open.</summary>
internal interface IPredictionWriter : IDisposable
{
    /// <summary>Writes one.</summary>
    void Add(Prediction prediction);

    /// <summary>Says that all have been written. Default: nothing comes after them.</summary>
    void Finish()
    {
    }

    /// <summary>How a model's numbers are written: G9 is all of a float32.</summary>
    static string NumberFormat(TrainedModel model, Predictor predictor) =>
        predictor.GivesNumbers && (model.Facts.TargetScaling is not null || model.Model.Precision == Precision.Float64) ? "R" : "G9";
}
