using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;
using Granary.Jobs;
using Granary.Model.Onnx;
using Granary.Model.Tests.Files;

namespace Granary.Model.Tests.Onnx;

/// <summary>What a file says of itself.</summary>
public class OnnxFileTests
{
    [Fact]
    public void It_names_its_maker_its_model_and_its_columns()
    {
        var model = SampleModels.Softmax();
        using var session = new OnnxSession(model);
        var told = session.Session.ModelMetadata;
        Assert.Equal(("Granary", "softmax"), (told.ProducerName, told.GraphName));
        var properties = told.CustomMetadataMap;
        Assert.Equal("softmax", properties["granary.kind"]);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(MemoryMarshal.AsBytes<float>(model.Weights))), properties["granary.weightsSha256"]);
        Assert.Equal(["a", "b", "ü"], JsonSerializer.Deserialize<string[]>(properties["granary.classes"])!);
        Assert.Equal(["one", "two"], JsonSerializer.Deserialize<string[]>(properties["granary.columns"])!);
    }

    [Fact]
    public void A_text_s_tokens_and_vocabulary_are_told()
    {
        using var session = new OnnxSession(SampleModels.Transformer());
        var properties = session.Session.ModelMetadata.CustomMetadataMap;
        Assert.Equal("char", properties["granary.tokens"]);
        Assert.Equal(["\n", " ", "a", "b", "ß", "😀"], JsonSerializer.Deserialize<string[]>(properties["granary.classes"])!);
    }

    [Fact]
    public void Weights_keep_their_names_unless_an_input_or_output_is_called_so()
    {
        var graph = new OnnxGraph("g", Precision.Float32);
        var shape = new ParameterShape("label", [1], Initialisation.Zero, 0, Decays: false);
        Assert.Equal("weight", graph.Parameter(shape with { Name = "weight" }, [1]).Name);
        Assert.Equal("label.1", graph.Parameter(shape, [1]).Name);
    }

    [Fact]
    public void An_attribute_of_another_type_is_refused()
    {
        var graph = new OnnxGraph("g", Precision.Float32);
        Assert.Contains("axis is of type Boolean", Assert.Throws<ArgumentException>(() => graph.Add("Softmax", [graph.Number(1)], ("axis", true))).Message);
    }
}
