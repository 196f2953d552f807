using Granary.Contracts;
using Granary.Grains.Evaluations;
using Granary.Grains.Shards;
using Granary.Jobs;
using Granary.Model.Prediction;
using Orleans.Placement;

namespace Granary.Grains.Predictions;

/// <summary>See <see cref="IPredictionWorkerGrain"/>. Computes on the silo's reading threads, of which there are as many as compute threads.</summary>
/// <remarks>Placed at random, that is by the hint with which it is called. Where nobody is left to end it, as its grain's silo died, it ends by itself.</remarks>
[RandomPlacement, Immovable, CollectionAgeLimit(Minutes = 10)]
internal sealed class PredictionWorkerGrain(SavedModels models, ReadingThreads threads) : Grain, IPredictionWorkerGrain
{
    private PartPredictor? _predictor;
    private string? _model;

    /// <inheritdoc/>
    public async Task<FinishedPart> Predict(PredictionRequest request, int part)
    {
        var model = await models.Get(_model = request.Model);
        return await threads.Run(() =>
        {
            try
            {
                if (_predictor?.Next > part)
                {
                    Close();
                }

                var predictor = _predictor ??= new PartPredictor(model, request.Input, request.IsJson, request.Explain);
                return new PredictionParts(request.Parts).Write(part, output => predictor.Write(part, output));
            }
            catch
            {
                Close(); // where it stands is not known
                throw;
            }
        });
    }

    /// <inheritdoc/>
    public Task Leave()
    {
        DeactivateOnIdle();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        Close();
        if (_model is { } model)
        {
            models.Forget(model);
        }

        return Task.CompletedTask;
    }

    private void Close()
    {
        _predictor?.Dispose();
        _predictor = null;
    }
}
