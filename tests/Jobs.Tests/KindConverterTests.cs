using System.Text.Json;
using System.Text.Json.Serialization;

namespace Granary.Jobs.Tests;

/// <summary>Jobs that earlier builds have stored, and models that they have saved, had kinds and formats as values of enums.</summary>
public class KindConverterTests
{
    // As saved models are written.
    private static readonly JsonSerializerOptions Names = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower, allowIntegerValues: false) },
        RespectNullableAnnotations = true,
    };

    [Theory]
    [InlineData("""{"Kind":0,"OwnKind":null}""", "logistic")]
    [InlineData("""{"Kind":1,"OwnKind":null}""", "softmax")]
    [InlineData("""{"Kind":2,"OwnKind":null}""", "mlp")]
    [InlineData("""{"Kind":3,"OwnKind":null}""", "transformer")]
    [InlineData("""{"Kind":4,"OwnKind":null}""", "skip-gram")]
    [InlineData("""{"Kind":5,"OwnKind":"digits-cnn"}""", "digits-cnn")]
    [InlineData("""{"Kind":"mlp"}""", "mlp")]
    public void A_stored_job_s_kind_is_read(string json, string kind) => Assert.Equal(kind, JsonSerializer.Deserialize<ModelSection>(json)!.Kind);

    [Theory]
    [InlineData("""{"kind":"skip-gram","ownKind":null}""", "skip-gram")]
    [InlineData("""{"kind":"own","ownKind":"digits-cnn"}""", "digits-cnn")]
    [InlineData("""{"kind":"digits-cnn"}""", "digits-cnn")]
    public void A_saved_model_s_kind_is_read(string json, string kind) => Assert.Equal(kind, JsonSerializer.Deserialize<ModelSection>(json, Names)!.Kind);

    [Theory]
    [InlineData(0, "csv")]
    [InlineData(1, "idx")]
    [InlineData(2, "text")]
    [InlineData(3, "libsvm")]
    [InlineData(4, "parquet")]
    public void A_stored_job_s_format_is_read(int number, string format) =>
        Assert.Equal(format, JsonSerializer.Deserialize<DataSection>($$"""{"Format":{{number}},"Path":"/d","Tokens":0}""")!.Format);

    [Theory]
    [InlineData("""{"Kind":6}""")]
    [InlineData("""{"Kind":-1}""")]
    [InlineData("""{"Kind":null}""")]
    public void What_is_no_kind_is_refused(string json) => Assert.ThrowsAny<Exception>(() => JsonSerializer.Deserialize<ModelSection>(json));

    [Fact]
    public void Where_enums_are_names_a_number_is_no_kind() => Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<ModelSection>("""{"kind":3}""", Names));

    [Fact]
    public void A_kind_is_written_as_its_name_alone()
    {
        var model = new ModelSection { Kind = "digits-cnn", Options = new Dictionary<string, string> { ["channels"] = "8" } };
        var json = JsonSerializer.Serialize(model);
        Assert.Contains("\"Kind\":\"digits-cnn\"", json);
        Assert.DoesNotContain("OwnKind", json);
        Assert.Equal(model, JsonSerializer.Deserialize<ModelSection>(json));
        Assert.Contains("\"format\":\"parquet\"", JsonSerializer.Serialize(new DataSection { Format = "parquet", Path = "/d" }, Names));
    }
}
