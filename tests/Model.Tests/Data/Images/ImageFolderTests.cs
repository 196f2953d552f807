using System.Text;
using System.Text.Json;
using Granary.Jobs;
using Granary.Model.Data;
using Granary.Model.Evaluation;
using Granary.Model.Files;
using Granary.Model.Prediction;
using Granary.Model.Tests.Files;
using Granary.Tests.Images;

namespace Granary.Model.Tests.Data.Images;

/// <summary>Folders with a folder of images for each class.</summary>
public sealed class ImageFolderTests : IDisposable
{
    private readonly DataFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static int Sample(string name, int y, int x, int channel) => ((name.Length * 57) + (name[^5] * 31) + (y * 17) + (x * 5) + (channel * 70)) & 255;

    // Files in an order that is not that of their names.
    private DataSection Pets(string root, int shards = 3, params string[] names)
    {
        names = names.Length > 0 ? names : ["dogs/b.png", "cats/B.png", "dogs/a.png", "cats/a.png", "cats/old/z.png", "dogs/c.png", "birds/x.png"];
        foreach (var name in names)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(_folder[$"{root}/{name}"])!);
            _folder.Write($"{root}/{name}", PngBytes.Rgb(4, 5, (y, x, c) => Sample(name, y, x, c)));
        }

        return new DataSection { Format = "images", Path = _folder[root], Shards = shards };
    }

    private static double[] Numbers(string name) =>
        [.. Enumerable.Range(0, 3).SelectMany(c => Enumerable.Range(0, 4).SelectMany(y => Enumerable.Range(0, 5).Select(x => Sample(name, y, x, c) / 255.0)))];

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(7)]
    public void Every_image_is_in_one_shard_with_the_class_of_its_folder_and_its_numbers_channel_by_channel(int shards)
    {
        var data = Pets("pets", shards);
        string[] names = ["birds/x.png", "cats/B.png", "cats/a.png", "cats/old/z.png", "dogs/a.png", "dogs/b.png", "dogs/c.png"];
        Assert.Equal(DataFolder.Lines(names.Select(n => (Numbers(n), n.Split('/')[0]))), DataFolder.Lines(DataFolder.Union(DataFolder.Job(data))));
        var facts = DataCheck.Run(DataFolder.Job(data), 2).Facts;
        Assert.Equal(new InputShape(60, 3) { Image = new ImageSize(3, 4, 5) }, facts.Shape);
        Assert.Equal(["birds", "cats", "dogs"], facts.Classes);
        Assert.Equal("ubyte", facts.PixelType);
        Assert.Equal(Enumerable.Range(0, shards).Select(v => (long)names.Where((_, i) => i % shards == v).Count()), facts.TrainingRows);

        // Dealt in the order of the names.
        for (var v = 0; v < shards; v++)
        {
            var source = ShardData.Read(DataFolder.Job(data), new SourcePart(data.Path, null, v, shards)).Labelled!;
            Assert.Equal(names.Where((_, i) => i % shards == v).Select(n => n.Split('/')[0]), Enumerable.Range(0, source.Rows).Select(source.Label));
        }
    }

    [Fact]
    public void Images_become_grey_and_are_resized_where_the_job_says_so()
    {
        var data = Pets("pets", 2) with { Channels = 1, Height = 2, Width = 3 };
        _folder.Write("pets/cats/large.png", PngBytes.Rgb(40, 31, (_, _, c) => c == 1 ? 200 : 0));
        var (facts, _) = DataCheck.Run(DataFolder.Job(data), 2);
        Assert.Equal(new ImageSize(1, 2, 3), facts.Shape.Image);
        var large = DataFolder.Union(DataFolder.Job(data)).Where(e => e.X.Distinct().Count() == 1).ToArray();
        Assert.Equal(Math.Round(0.587 * 200) / 255, Assert.Single(large).X[0], 1e-12);
    }

    private string Error(DataSection data) => DataFolder.Error(data);

    [Fact]
    public void What_is_wrong_with_a_folder_is_one_message()
    {
        var data = Pets("pets");
        _folder.Write("pets/dogs/wide.png", PngBytes.Rgb(4, 6, (_, _, _) => 0));
        Assert.Equal(
            "pets/dogs/wide.png: it has 4 x 6 pixels (height x width), but birds/x.png, the first image, has 4 x 5: set data.height and data.width, so that all are resized, or take it out.", Error(data));
        File.Delete(_folder["pets/dogs/wide.png"]);
        _folder.Write("pets/dogs/notes.txt", "fed at noon");
        Assert.Equal("pets/dogs/notes.txt: it is neither a PNG nor a JPEG file. Convert it, or take it out.", Error(data));
        File.Move(_folder["pets/dogs/notes.txt"], _folder["pets/notes.txt"]);
        Assert.Equal("pets/notes.txt: this file lies beside the folders of the classes, where images have no class. Put it into the folder of its class, or take it out.", Error(data));
        File.Delete(_folder["pets/notes.txt"]);
        Directory.CreateDirectory(_folder["pets/fish"]);
        Assert.Equal("pets/fish: this folder of a class has no images (links to folders are not followed). Put some in, or take it out.", Error(data));
        Directory.Delete(_folder["pets/fish"]);
        _folder.Write("pets/dogs/.hidden", "passed by");
        Assert.Equal(3, DataCheck.Run(DataFolder.Job(data), 1).Facts.Classes.Count);
        Assert.Equal("x.png: of images a source is a folder that has a folder of images for each class, and this is none. Give that folder.", Error(data with { Path = _folder["pets/birds/x.png"] }));
    }

    [Fact]
    public void Held_out_images_come_from_a_fraction_or_a_folder_of_their_own()
    {
        var data = Pets("pets") with { Validation = new() { Fraction = 0.4, Stratified = true } };
        Assert.InRange(DataCheck.Run(DataFolder.Job(data), 1).Facts.ValidationRows.Sum(), 2, 4); // 0.4 of 1, 3 and 3, each to one row
        Pets("held", 3, "cats/n.png", "birds/m.png");
        var apart = data with { Validation = new() { Path = _folder["held"] } };
        Assert.Equal((7, 2), (DataCheck.Run(DataFolder.Job(apart), 1).Facts.TrainingRows.Sum(), DataCheck.Run(DataFolder.Job(apart), 1).Facts.ValidationRows.Sum()));
        Directory.CreateDirectory(_folder["small/cats"]);
        _folder.Write("small/cats/s.png", PngBytes.Rgb(2, 2, (_, _, _) => 9));
        Assert.StartsWith("small: its images have 3 x 2 x 2 pixels, those of pets have 3 x 4 x 5.", Error(data with { Validation = new() { Path = _folder["small"] } }), StringComparison.Ordinal);
    }

    [Fact]
    public void A_number_can_be_the_name_of_a_folder()
    {
        var job = DataFolder.Job(Pets("ages", 2, "3/a.png", "3/b.png", "10.5/c.png") with { Target = LabelTarget.Number });
        var sources = Enumerable.Range(0, 2).Select(v => ShardData.Read(job, new SourcePart(job.Data.Path, null, v, 2)).Labelled!);
        Assert.Equal([3, 3, 10.5], sources.SelectMany(s => s.Targets!).Order());
        Assert.Equal(
            "pets/birds: data.target is number, but the name of this folder is no finite number. Call each folder as the number of its images, or take data.target out.",
            Error(Pets("pets") with { Target = LabelTarget.Number }));
    }

    private TrainedModel Model(DataSection data)
    {
        var facts = DataCheck.Run(DataFolder.Job(data), 1).Facts;
        return SampleModels.Create(new ModelSection { Kind = "cnn", Channels = [4] }, data, facts);
    }

    private static string Predict(TrainedModel model, string input, PredictionFormat format = PredictionFormat.Csv)
    {
        using var output = new MemoryStream();
        PredictionTable.Write(model, input, output, format);
        return Encoding.UTF8.GetString(output.ToArray());
    }

    [Fact]
    public void Predictions_have_the_names_of_their_files()
    {
        var data = Pets("pets");
        var path = _folder["m.safetensors"];
        SampleModels.Write(Model(data), path);
        var model = TrainedModel.Load(path);
        Assert.Equal(new ImageSize(3, 4, 5), model.Facts.Shape.Image);
        var lines = Predict(model, data.Path).TrimEnd().Split('\n');
        Assert.Equal("file,class,probability.birds,probability.cats,probability.dogs", lines[0]);
        string[] names = ["birds/x.png", "cats/B.png", "cats/a.png", "cats/old/z.png", "dogs/a.png", "dogs/b.png", "dogs/c.png"];
        Assert.Equal(names, lines[1..].Select(l => l.Split(',')[0]));

        // One by one they have the same predictions, and so they have in other words.
        using var predictor = new Predictor(model);
        for (var i = 0; i < names.Length; i++)
        {
            var expected = predictor.Predict(Numbers(names[i]))[0];
            Assert.Equal(model.Facts.Classes[expected.Class], lines[i + 1].Split(',')[1]);
            var alone = Predict(model, _folder[$"pets/{names[i]}"]).TrimEnd().Split('\n')[1].Split(',');
            Assert.Equal((names[i].Split('/')[^1], model.Facts.Classes[expected.Class]), (alone[0], alone[1]));
        }

        var json = Predict(model, data.Path, PredictionFormat.Jsonl).TrimEnd().Split('\n').Select(l => JsonSerializer.Deserialize<JsonElement>(l)).ToArray();
        Assert.Equal(names, json.Select(j => j.GetProperty("file").GetString()));
        Assert.Equal(lines[1..].Select(l => l.Split(',')[1]), json.Select(j => j.GetProperty("class").GetString()));
        Assert.Equal(["a.png", "b.png", "c.png"], Predict(model, _folder["pets/dogs/?.png"]).TrimEnd().Split('\n')[1..].Select(l => l.Split(',')[0]));
        Assert.StartsWith("PAR1", Predict(model, data.Path, PredictionFormat.Parquet), StringComparison.Ordinal);
    }

    [Fact]
    public void Images_of_another_size_are_no_input_unless_the_job_resizes()
    {
        var model = Model(Pets("pets"));
        _folder.Write("wide.png", PngBytes.Rgb(4, 6, (_, _, _) => 0));
        Assert.Equal(
            $"wide.png: it has 4 x 6 pixels (height x width), but {model.Name} was trained on images of 4 x 5: resize it, or train with data.height and data.width, which resize every image.",
            Assert.Throws<JobException>(() => Predict(model, _folder["wide.png"])).Message);
        Assert.Contains("not standard input", Assert.Throws<JobException>(() => Predict(model, "-")).Message, StringComparison.Ordinal);
        var resizing = Model(Pets("pets") with { Height = 4, Width = 5 });
        Assert.Equal(2, Predict(resizing, _folder["wide.png"]).TrimEnd().Split('\n').Length);
    }

    [Fact]
    public void A_model_is_evaluated_on_folders_of_images_of_its_size()
    {
        var model = Model(Pets("pets"));
        Assert.Equal(7, EvaluationSource.Read(model, _folder["pets"], null, 0, 1).Rows);
        Directory.CreateDirectory(_folder["turned/cats"]);
        _folder.Write("turned/cats/t.png", PngBytes.Rgb(5, 4, (_, _, _) => 0));
        Assert.Equal(
            $"turned: its images are 3 x 5 x 4 (channels x height x width), but {model.Name} was trained on 3 x 4 x 5.",
            Assert.Throws<JobException>(() => EvaluationSource.Read(model, _folder["turned"], null, 0, 1)).Message);
    }

    [Fact]
    public void A_saved_model_whose_images_do_not_fit_is_refused()
    {
        var (model, path) = (Model(Pets("pets")), _folder["m.safetensors"]);
        SampleModels.Write(model with { Facts = model.Facts with { Shape = model.Facts.Shape with { Image = new ImageSize(3, 4, 4) } } }, path);
        Assert.Contains("images of 3 x 4 x 4 are not 60 features of images", Assert.Throws<JobException>(() => TrainedModel.Load(path)).Message, StringComparison.Ordinal);
        SampleModels.Write(model with { Facts = model.Facts with { Shape = model.Facts.Shape with { Image = null } } }, path);
        Assert.Contains("the model takes images", Assert.Throws<JobException>(() => TrainedModel.Load(path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_check_says_what_the_files_are()
    {
        var report = DataCheck.Inspect(DataFolder.Job(Pets("pets")), 1, withColumns: true).Report;
        Assert.Equal(7, report.Files.Count);
        Assert.All(report.Files, f => Assert.Equal("PNG", f.Form));
        Assert.Equal([("birds", 1), ("cats", 3), ("dogs", 3)], report.Classes.Select(c => (c.Name, (int)c.Training)));
        Assert.Equal("pixel 1", report.Columns[0].Name);
    }
}
