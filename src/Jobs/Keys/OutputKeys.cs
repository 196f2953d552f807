namespace Granary.Jobs;

/// <summary>The job file's <c>output</c> section.</summary>
internal static class OutputKeys
{
    /// <summary>Its keys.</summary>
    public static JobSection Section(Lens<OutputSection> output) => output.Section(
        "what the job leaves besides the model",
        output.Key("path", o => o.Path, (o, v) => o with { Path = v }, new PlaceToWrite(),
            "where the model and what goes with it are left; `--output` takes its place"),
        output.Key("tensorboard", o => o.Tensorboard, (o, v) => o with { Tensorboard = v }, new TrueOrFalse(),
            "whether an event file for TensorBoard is written while it trains"));
}
