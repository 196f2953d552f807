namespace Granary.Contracts;

/// <summary>Predicts one input by one saved model, in parts that are spread over the silos. Key: any id. Owns nothing that lasts: what is finished lies in the folder of parts, and if
/// the grain is lost, the next question goes on from there.</summary>
[Alias("granary.IPredictionGrain")]
public interface IPredictionGrain : IGrainWithStringKey
{
    /// <summary>How far it has come. The first question begins.</summary>
    [Alias("Ask")]
    Task<PredictionAnswer> Ask(PredictionRequest request);
}

/// <summary>Predicts parts of an input, one at a time. Key: "{id}/{place}". Holds the model and the place in the input that it has read up to; a lost activation costs the part that it
/// was at, and a pass over the rows before the next one.</summary>
[Alias("granary.IPredictionWorkerGrain")]
public interface IPredictionWorkerGrain : IGrainWithStringKey
{
    /// <summary>Predicts a part and writes it into the folder of parts.</summary>
    /// <exception cref="JobException">The model, the input or the folder cannot be used.</exception>
    [Alias("Predict"), ResponseTimeout(LongAnswer.Time)]
    Task<FinishedPart> Predict(PredictionRequest request, int part);

    /// <summary>Ends this activation.</summary>
    [Alias("Leave")]
    Task Leave();
}

/// <summary>What is to be predicted. Paths are absolute, the same for every silo.</summary>
/// <param name="Model">A model.safetensors, or a job's output folder.</param>
/// <param name="Input">A file, folder or glob.</param>
/// <param name="Parts">The folder of finished parts, which is there.</param>
/// <param name="IsJson">Whether predictions are lines of JSON, and not of CSV.</param>
/// <param name="Explain">Whether they come with what scores are made of.</param>
[GenerateSerializer, Immutable, Alias("granary.PredictionRequest")]
public sealed record PredictionRequest(
    [property: Id(0)] string Model, [property: Id(1)] string Input, [property: Id(2)] string Parts, [property: Id(3)] bool IsJson, [property: Id(4)] bool Explain);

/// <summary>How far a prediction has come.</summary>
/// <param name="Finished">Parts that are finished.</param>
/// <param name="IsDone">Whether these are all.</param>
/// <param name="Failure">Why it has ended without, for people; null: it has not.</param>
[GenerateSerializer, Immutable, Alias("granary.PredictionAnswer")]
public sealed record PredictionAnswer([property: Id(0)] int Finished, [property: Id(1)] bool IsDone, [property: Id(2)] string? Failure);
