using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Reflection;
using System.Text.Json;
using Granary.Model.Files;
using Granary.Model.Prediction;
using Granary.Model.Tests.Files;

namespace Granary.Model.Tests.Onnx;

/// <summary>samples/OnnxService, as a user runs it: a process without torch and without Granary.</summary>
public sealed class OnnxServiceTests : IDisposable
{
    private const string Listening = "Now listening on: ";

    private readonly string _folder = Directory.CreateTempSubdirectory("granary-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static string Service =>
        typeof(OnnxServiceTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "OnnxService").Value!;

    [Fact]
    public async Task It_predicts_what_predict_predicts_and_names_what_is_missing()
    {
        var (model, path) = (SampleModels.Softmax(), Path.Combine(_folder, "m.onnx"));
        ModelExport.Write(model, ExportFormat.Onnx, path);
        using var service = Process.Start(new ProcessStartInfo("dotnet", [Service, path, "--urls", "http://127.0.0.1:0"]) { RedirectStandardOutput = true })!;
        try
        {
            using var http = new HttpClient { BaseAddress = new Uri(await Address(service)) };
            var about = await http.GetFromJsonAsync<JsonElement>("/model");
            Assert.Equal("softmax", about.GetProperty("kind").GetString());

            using var answer = await http.PostAsync("/predict", JsonContent.Create(new[] { new { two = 2.0, one = 4.0 }, new { two = 10.0, one = -20.0 } }));
            var rows = (await answer.Content.ReadFromJsonAsync<JsonElement>()).EnumerateArray().ToArray();
            using var predictor = new Predictor(model);
            foreach (var (expected, row) in predictor.Predict([4, 2, -20, 10]).Zip(rows))
            {
                Assert.Equal(model.Facts.Classes[expected.Class], row.GetProperty("label").GetString());
                Assert.All(model.Facts.Classes.Zip(expected.Values), v => Assert.Equal(v.Second, row.GetProperty("values").GetProperty(v.First).GetDouble(), 1e-5));
            }

            await Refuses(http, new { one = 4.0 }, "Row 1 has no value for 'two'.");
            await Refuses(http, new { one = 4.0, two = 1.0, three = 0.0 }, "Row 1 has a column 'three', which the model does not know. It has one, two.");
        }
        finally
        {
            service.Kill();
            await service.WaitForExitAsync();
        }

        Assert.DoesNotContain(Directory.EnumerateFiles(Path.GetDirectoryName(Service)!), f => Path.GetFileName(f) is var name
            && (name.Contains("torch", StringComparison.OrdinalIgnoreCase) || name.StartsWith("Granary.", StringComparison.Ordinal)));
    }

    private static async Task<string> Address(Process service)
    {
        while (await service.StandardOutput.ReadLineAsync() is { } line)
        {
            if (line.IndexOf(Listening, StringComparison.Ordinal) is >= 0 and var at)
            {
                return line[(at + Listening.Length)..];
            }
        }

        throw new InvalidOperationException("The service ended before it listened.");
    }

    private static async Task Refuses(HttpClient http, object row, string message)
    {
        using var answer = await http.PostAsync("/predict", JsonContent.Create(new[] { row }));
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal(message, (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("detail").GetString());
    }
}
