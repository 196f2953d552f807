using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Granary.Model.Files;

namespace Granary.Model.Prediction;

/// <summary>A JSON object a line: {"class": "b", "probabilities": {"a": 0.1, "b": 0.9}}; {"labels": ["b"], "probabilities": {"a": 0.1, "b": 0.9}} where
/// there may be several; or {"prediction": 7.5}. What is no number in JSON, such as NaN, is null.</summary>
internal sealed class JsonPredictions(TrainedModel model, Predictor predictor, Stream output) : IPredictionWriter
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly string _format = IPredictionWriter.NumberFormat(model, predictor);
    private readonly Utf8JsonWriter _json = new(output, Options);

    /// <inheritdoc/>
    public void Add(Prediction prediction)
    {
        _json.WriteStartObject();
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

        _json.WriteEndObject();
        _json.Flush();
        output.WriteByte((byte)'\n');
        _json.Reset();
    }

    /// <inheritdoc/>
    public void Dispose() => _json.Dispose();

    private void Number(string name, double value)
    {
        _json.WritePropertyName(name);
        _json.WriteRawValue(double.IsFinite(value) ? value.ToString(_format, CultureInfo.InvariantCulture) : "null");
    }
}
