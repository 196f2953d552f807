using Granary.Samples;
using Microsoft.ML.OnnxRuntime;

// Serves predictions of a model that was exported by: granary export MODEL --format onnx --output model.onnx
if (args is not [var path, .. var rest])
{
    Console.Error.WriteLine("usage: OnnxService MODEL.onnx [--urls http://127.0.0.1:5080]");
    return 2;
}

TableModel model;
try
{
    model = TableModel.Load(path);
}
catch (Exception e) when (e is OnnxRuntimeException or InvalidDataException)
{
    Console.Error.WriteLine(e.Message);
    return 2;
}

using var loaded = model;
var app = WebApplication.CreateBuilder(rest).Build();
app.MapGet("/model", () => new { model.Kind, model.WeightsSha256, model.Columns, model.Classes });

// [{ "sepal_length": 5.1, ... }, ...] -> [{ "label": "setosa", "values": { "setosa": 0.99, ... } }, ...]
app.MapPost("/predict", (Dictionary<string, double?>[] rows) => model.Refuses(rows) is { } refusal
    ? Results.Problem(refusal, statusCode: StatusCodes.Status400BadRequest)
    : Results.Ok(model.Predict(rows)));
await app.RunAsync();
return 0;
