using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Granary.Model.Files;

namespace Granary.Model.Prediction;

/// <summary>A JSON object a line, with "file" first where each example is one: {"class": "b", "probabilities": {"a": 0.1, "b": 0.9}}; {"labels": ["b"], "probabilities": {"a": 0.1, "b": 0.9}} where
/// there may be several; or {"prediction": 7.5}. What is no number in JSON, such as NaN, is null. Where scores are explained, each has "explanation", or of labels
/// "explanations" by label: {"of": "b", "score": 1.5, "bias": 0.5, "contributions": {"age": 1}}.</summary>
internal sealed class JsonPredictions(TrainedModel model, Predictor predictor, Stream output) : IPredictionWriter
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly string _format = IPredictionWriter.NumberFormat(model, predictor);
    private readonly Utf8JsonWriter _json = new(output, Options);

    /// <inheritdoc/>
    public void Add(Prediction prediction)
    {
        _json.WriteStartObject();
        if (prediction.Name is { } name)
        {
            _json.WriteString(PredictionColumns.File, name);
        }

        if (predictor.GivesNumbers)
        {
            Number("prediction", prediction.Values[0]);
        }
        else
        {
            if (predictor.GivesLabels)
            {
                _json.WriteStartArray("labels");
                for (var c = 0; c < prediction.Values.Length; c++)
                {
                    if (prediction.Values[c] >= 0.5)
                    {
                        _json.WriteStringValue(model.Facts.Classes[c]);
                    }
                }

                _json.WriteEndArray();
            }
            else
            {
                _json.WriteString("class", model.Facts.Classes[prediction.Class]);
            }

            _json.WriteStartObject(predictor.GivesProbabilities ? "probabilities" : "outputs");
            for (var c = 0; c < prediction.Values.Length; c++)
            {
                Number(model.Facts.Classes[c], prediction.Values[c]);
            }

            _json.WriteEndObject();
        }

        if (prediction.Explanations is { } explanations)
        {
            Explain(prediction, explanations);
        }

        _json.WriteEndObject();
        _json.Flush();
        output.WriteByte((byte)'\n');
        _json.Reset();
    }

    /// <inheritdoc/>
    public void Dispose() => _json.Dispose();

    private void Explain(Prediction prediction, Explanation[] explanations)
    {
        if (!predictor.GivesLabels)
        {
            _json.WriteStartObject("explanation");
            if (!predictor.GivesNumbers)
            {
                _json.WriteString("of", predictor.Explainer!.Of is [var second] ? second : model.Facts.Classes[prediction.Class]);
            }

            Parts(explanations[0]);
            return;
        }

        _json.WriteStartObject("explanations");
        for (var k = 0; k < explanations.Length; k++)
        {
            _json.WriteStartObject(model.Facts.Classes[k]);
            Parts(explanations[k]);
        }

        _json.WriteEndObject();
    }

    // Ends the object that has been begun.
    private void Parts(Explanation explanation)
    {
        Number("score", explanation.Score, "R");
        Number("bias", explanation.Bias, "R");
        _json.WriteStartObject("contributions");
        for (var c = 0; c < explanation.Contributions.Length; c++)
        {
            Number(predictor.Explainer!.Columns[c], explanation.Contributions[c], "R");
        }

        _json.WriteEndObject();
        _json.WriteEndObject();
    }

    private void Number(string name, double value) => Number(name, value, _format);

    private void Number(string name, double value, string format)
    {
        _json.WritePropertyName(name);
        _json.WriteRawValue(double.IsFinite(value) ? value.ToString(format, CultureInfo.InvariantCulture) : "null");
    }
}
