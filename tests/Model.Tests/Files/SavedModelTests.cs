using System.Text;
using Granary.Jobs;
using Granary.Model.Files;

namespace Granary.Model.Tests.Files;

public sealed class SavedModelTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string Path => System.IO.Path.Combine(_folder, SavedModel.FileName);

    [Fact]
    public void What_is_written_reads_back_from_the_file_and_from_its_folder()
    {
        var written = SampleModels.Softmax();
        SampleModels.Write(written, Path);
        foreach (var path in new[] { Path, _folder })
        {
            var read = TrainedModel.Load(path);
            Assert.Equal(written.Model, read.Model);
            Assert.Equal(written.Data, read.Data);
            Assert.Equal(written.Weights, read.Weights);
            Assert.Equal(["weight", "bias"], read.Shape.Select(p => p.Name));
            Assert.Equal(["one", "two"], read.Facts.Columns);
            Assert.Equal(["a", "b", "ü"], read.Facts.Classes);
            Assert.Equal([3, 4], read.Facts.Scaling!.Deviation);
        }
    }

    [Fact]
    public void Every_kind_reads_back()
    {
        foreach (var model in SampleModels.All())
        {
            SampleModels.Write(model, Path);
            var read = TrainedModel.Load(Path);
            Assert.Equal(model.Model, read.Model);
            Assert.Equal(model.Weights, read.Weights);
            using var parameters = read.Parameters();
            Assert.Equal(model.Shape.Count, parameters.Views.Count);
        }
    }

    [Fact]
    public void Readers_that_go_by_the_format_find_it_and_files_without_one_are_read()
    {
        var model = SampleModels.Softmax();
        SampleModels.Write(model, Path);
        ModelExport.Write(model with { Name = Path }, ExportFormat.Safetensors, Path + ".exported");
        foreach (var path in new[] { Path, Path + ".exported" })
        {
            using var file = SafetensorsFile.Open(path);
            Assert.Equal("pt", file.Metadata["format"]);
        }

        var metadata = SavedModel.Metadata(model.Model, model.Data, model.Facts, null);
        Assert.True(metadata.Remove("format")); // as Granary wrote them before
        using (var file = File.Create(Path))
        {
            SafetensorsWriter.Write(file, metadata, model.Shape, model.Weights);
        }

        Assert.Equal(model.Weights, TrainedModel.Load(Path).Weights);
    }

    [Theory]
    [InlineData("\"bias\":", "\"bios\":", "lacks the tensor 'bias' and holds the tensor 'bios', which the model does not know")]
    [InlineData("\"shape\":[3,2]", "\"shape\":[2,3]", "'weight' is [2, 3], but the model needs [3, 2]")]
    [InlineData("\"dtype\":\"F32\",\"shape\":[3,2]", "\"dtype\":\"I32\",\"shape\":[3,2]", "'weight' is of type I32")]
    [InlineData("granary.version", "granary.versiom", "no model that Granary saved")]
    [InlineData("granary.classes", "granary.klasses", "no granary.classes")]
    [InlineData("softmax", "quantum", "model.kind is quantum, which this silo's program does not know")]
    [InlineData("softmax", "logistic", "does not fit together: 3 classes")]
    [InlineData("softmax", "transformer", "does not fit together: 4 layers")]
    [InlineData("\\u0022hidden\\u0022:[]", "\\u0022hidden\\u0022:null", "granary.model cannot be read")]
    [InlineData("\\u0022features\\u0022:2", "\\u0022features\\u0022:3", "the standardisation is not that of 3 features")]
    [InlineData("\\u0022one\\u0022", "null", "a column has no name")]
    [InlineData("\\u0022one\\u0022", "\\u0022two\\u0022", "a column name is there twice")]
    public void A_header_that_was_changed_is_told_by_what_is_wrong(string from, string to, string message) =>
        Changed(SampleModels.Softmax(), from, to, message);

    [Theory]
    [InlineData("keyWidth\\u0022:5", "keyWidth\\u0022:0", "does not fit together: width 10, heads 3 and key width 0")]
    [InlineData("keyWidth\\u0022:5", "keyWidth\\u0022:null", "does not fit together: width 10, heads 3 and key width 3")]
    [InlineData("keyWidth\\u0022:5", "keyWidth\\u0022:6", "but the model needs [54, 10]")] // 3 x 3 x 6
    [InlineData("heads\\u0022:3", "heads\\u0022:1000000", "but the model needs [15000000, 10]")]
    [InlineData("dropout\\u0022:0.25", "dropout\\u0022:1", "does not fit together: a dropout of 1")]
    [InlineData("layerNorm\\u0022:false", "layerNorm\\u0022:true", "lacks the tensors 'blocks.0.norm1.weight'")]
    [InlineData("biases\\u0022:false", "biases\\u0022:true", "lacks the tensors 'blocks.0.attention.qkv.bias'")]
    [InlineData("tiedUnembedding\\u0022:true", "tiedUnembedding\\u0022:false", "lacks the tensor 'unembedding.weight'")]
    [InlineData("tokens\\u0022:\\u0022char", "tokens\\u0022:\\u0022word", "a transformer does not learn from tokens of kind word")]
    public void A_transformer_s_options_must_fit_together(string from, string to, string message) =>
        Changed(SampleModels.Options(), from, to, message);

    [Theory]
    [InlineData("window\\u0022:2", "window\\u0022:0", "does not fit together: window 0 and negatives 3 are no skip-gram")]
    [InlineData("negatives\\u0022:3", "negatives\\u0022:-1", "does not fit together: window 2 and negatives -1 are no skip-gram")]
    [InlineData("whitespace", "byte", "a skip-gram does not learn from tokens of kind byte")]
    [InlineData("\\u0022the\\u0022", "\\u0022\\u0022", "a word has no letters")]
    [InlineData("\\u0022format\\u0022:\\u0022text", "\\u0022format\\u0022:\\u0022csv", "a skip-gram does not learn from csv")]
    public void A_skip_gram_s_header_must_fit_together(string from, string to, string message) =>
        Changed(SampleModels.Words(), from, to, message);

    private static ModelSection Huber => new() { Kind = "linear", Loss = Loss.Huber, Delta = 2 };

    [Fact]
    public void A_regression_comes_back_with_what_its_target_was_standardised_with()
    {
        var model = SampleModels.Numbers(Huber);
        SampleModels.Write(model, Path);
        var read = TrainedModel.Load(Path);
        Assert.Equal((new InputShape(2, 0), new TargetScaling(250, 80)), (read.Facts.Shape, read.Facts.TargetScaling));
        Assert.Equal((model.Model, LabelTarget.Number), (read.Model, read.Data.Target));
        Assert.Equal(model.Weights, read.Weights);
    }

    [Theory]
    [InlineData("\\u0022deviation\\u0022:80", "\\u0022deviation\\u0022:0", "the target's standardisation is not that of its data")]
    [InlineData("granary.target", "granary.targets", "the target's standardisation is not that of its data")]
    [InlineData("\\u0022classes\\u0022:0", "\\u0022classes\\u0022:2", "its target is a number, but it has 2 classes")]
    [InlineData("\\u0022target\\u0022:\\u0022number", "\\u0022target\\u0022:\\u0022auto", "its target is a class, but it has 0 classes")]
    [InlineData("\\u0022loss\\u0022:\\u0022huber", "\\u0022loss\\u0022:\\u0022cross-entropy", "which tells classes apart, but linear learns a number")]
    [InlineData("\\u0022delta\\u0022:2", "\\u0022delta\\u0022:0", "there is no loss of delta 0 and quantile 0.5")]
    [InlineData("\\u0022kind\\u0022:\\u0022linear", "\\u0022kind\\u0022:\\u0022softmax", "a softmax with the loss huber does not learn a number")]
    public void A_regression_s_header_must_fit_together(string from, string to, string message) =>
        Changed(SampleModels.Numbers(Huber), from, to, message);

    [Fact]
    public void Several_labels_come_back()
    {
        var model = SampleModels.Labels(new ModelSection { Kind = "logistic" });
        SampleModels.Write(model, Path);
        var read = TrainedModel.Load(Path);
        Assert.Equal(model.Facts.Shape, read.Facts.Shape);
        Assert.True(read.Facts.Shape.IsMultiLabel);
        Assert.Equal((model.Model, model.Data), (read.Model, read.Data));
        Assert.Equal(model.Facts.Classes, read.Facts.Classes);
        Assert.Equal(model.Weights, read.Weights);
    }

    [Theory]
    [InlineData("\\u0022isMultiLabel\\u0022:true", "\\u0022isMultiLabel\\u0022:false", "a row's label is one class and several labels")]
    [InlineData("\\u0022target\\u0022:\\u0022labels", "\\u0022target\\u0022:\\u0022auto", "a row's label is one class and several labels")]
    [InlineData("labelColumns\\u0022:[\\u0022urgent", "labelColumns\\u0022:[\\u0022late", "its labels are not those of its data")]
    [InlineData("\\u0022kind\\u0022:\\u0022logistic", "\\u0022kind\\u0022:\\u0022softmax", "a softmax with the loss cross-entropy does not learn several labels")]
    public void A_header_of_several_labels_must_fit_together(string from, string to, string message) =>
        Changed(SampleModels.Labels(new ModelSection { Kind = "logistic" }), from, to, message);

    // As earlier builds wrote them, which knew no targets but classes.
    [Fact]
    public void Models_of_builds_without_regression_are_read()
    {
        var model = SampleModels.Softmax();
        SampleModels.Write(model, Path);
        var bytes = File.ReadAllBytes(Path);
        var length = (int)BitConverter.ToInt64(bytes);
        var header = Encoding.UTF8.GetString(bytes, 8, length);
        var old = header.Replace(",\\u0022standardizeTarget\\u0022:false", "").Replace(",\\u0022delta\\u0022:1", "").Replace(",\\u0022quantile\\u0022:0.5", "");
        Assert.Equal(header.Length - ",\\u0022standardizeTarget\\u0022:false,\\u0022delta\\u0022:1,\\u0022quantile\\u0022:0.5".Length, old.Length);
        var changed = Encoding.UTF8.GetBytes(old);
        File.WriteAllBytes(Path, [.. BitConverter.GetBytes((long)changed.Length), .. changed, .. bytes[(8 + length)..]]);
        Assert.Equal(model.Weights, TrainedModel.Load(Path).Weights);
    }

    private void Changed(TrainedModel model, string from, string to, string message)
    {
        SampleModels.Write(model, Path);
        var bytes = File.ReadAllBytes(Path);
        var length = (int)BitConverter.ToInt64(bytes);
        var header = Encoding.UTF8.GetString(bytes, 8, length);
        Assert.Contains(from, header);
        var changed = Encoding.UTF8.GetBytes(header.Replace(from, to, StringComparison.Ordinal));
        File.WriteAllBytes(Path, [.. BitConverter.GetBytes((long)changed.Length), .. changed, .. bytes[(8 + length)..]]);
        var error = Assert.Throws<JobException>(() => TrainedModel.Load(Path)).Message;
        Assert.Contains(message, error);
        Assert.StartsWith(Path, error);
    }

    [Fact]
    public void A_missing_file_a_foreign_one_and_weights_that_are_no_numbers_are_told()
    {
        Assert.Contains("cannot be read", Assert.Throws<JobException>(() => TrainedModel.Load(Path)).Message);
        File.WriteAllText(Path, "this is some text and no model");
        Assert.Contains("no whole safetensors file", Assert.Throws<JobException>(() => TrainedModel.Load(Path)).Message);
        var model = SampleModels.Softmax();
        model.Weights[7] = float.NaN;
        SampleModels.Write(model, Path);
        Assert.Contains("'bias' holds NaN", Assert.Throws<JobException>(() => TrainedModel.Load(Path)).Message);
    }
}
