using Granary.Inference;
using Granary.Jobs;
using Granary.Model.Files;

namespace Granary.Sdk.Tests;

/// <summary>A model of described columns, used by a program that has rows of text.</summary>
public sealed class PredictRowTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    // Log-odds: 1 (age - 40) / 10 + 2 where the city is Ulm, 3 where it is another, 4 where it is missing; + 0.5.
    private Predictor Load()
    {
        var table = new TableEncoding(
        [
            new FittedColumn("age", new ColumnSection { Kind = "numeric", Missing = MissingRule.Mean, Scale = ColumnScale.Standard }) { Fill = 40, Center = [40], Divisor = [10] },
            new FittedColumn("city", new ColumnSection { Kind = "categorical", Missing = MissingRule.Slot, Max = 9, MinCount = 1 }) { Categories = ["Ulm"] },
        ]);
        var job = new Job(
            1, "j", new ModelSection { Kind = "logistic" }, new DataSection { Format = "csv", Path = "x.csv", Label = "y", Columns = table.Sections() }, new TrainingSection { Epochs = 1 });
        var facts = new DataFacts(new InputShape(4, 2), ["no", "yes"], [], [], null) { Columns = new TableEncoder(table).Features, Table = table };
        var path = Path.Combine(_folder, "model.safetensors");
        SavedModel.Write(path, job, facts, ModelShape.Of(job.Model, facts.Shape), (float[])[1, 2, 3, 4, 0.5f]);
        return Predictor.Load(path);
    }

    [Theory]
    [InlineData("50", "Ulm", 3.5)]
    [InlineData("", "Bonn", 3.5)]
    [InlineData("-10", null, -0.5)]
    [InlineData(" 30 ", "NA", 3.5)]
    public void A_row_of_text_is_encoded_as_in_training(string age, string? city, double odds)
    {
        using var predictor = Load();
        Assert.Equal(["age", "city"], predictor.Columns);
        Assert.Equal(["age", "city=Ulm", "city is another", "city is missing"], predictor.Features);
        var prediction = predictor.PredictRow(new Dictionary<string, string?> { ["city"] = city, ["age"] = age, ["more"] = "x" });
        Assert.Equal(1 / (1 + Math.Exp(-odds)), prediction.Values[1], 1e-6);
        Assert.Equal(odds >= 0 ? "yes" : "no", prediction.Label);
    }

    [Fact]
    public void What_cannot_be_used_is_named()
    {
        using var predictor = Load();
        Assert.Contains("city", Assert.Throws<ArgumentException>(() => predictor.PredictRow(new Dictionary<string, string?> { ["age"] = "1" })).Message, StringComparison.Ordinal);
        Assert.StartsWith("column 'age' holds 'old', which is not a number",
            Assert.Throws<ModelRefusedException>(() => predictor.PredictRow(new Dictionary<string, string?> { ["age"] = "old", ["city"] = "Ulm" })).Message, StringComparison.Ordinal);
    }
}
