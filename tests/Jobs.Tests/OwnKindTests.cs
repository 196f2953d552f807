namespace Granary.Jobs.Tests;

public sealed class OwnKindTests : IDisposable
{
    private const string Text = """
        version: 1
        model:
          kind: my-cnn
          options: { channels: 8, rate: 0.5 }
        data: { format: csv, path: d.csv, label: label }
        training: { epochs: 1 }
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("granary-test-").FullName;

    public OwnKindTests() => File.WriteAllText(Path.Combine(_folder, "d.csv"), "a,label\n1,x\n");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private Job Parse(string text, bool anyKind = true, params string[] overrides) => JobFile.Parse(text, "my.yaml", _folder, overrides, _folder, anyKind);

    private string Error(string text, bool anyKind = true, params string[] overrides) =>
        Assert.Throws<JobException>(() => Parse(text, anyKind, overrides)).Message;

    [Fact]
    public void Where_any_kind_may_be_its_name_and_options_are_kept_as_they_stand()
    {
        var model = Parse(Text, anyKind: true, "model.options.rate=0.25").Model;
        Assert.Equal("my-cnn", model.Kind);
        Assert.Equal([new("channels", "8"), new("rate", "0.25")], model.Options.OrderBy(o => o.Key));
    }

    // A kind may come with a description that takes them.
    [Fact]
    public void Whether_keys_of_built_in_kinds_belong_to_it_is_left_to_the_program_that_knows_it() =>
        Assert.Equal([3], Again(Parse(Text.Replace("kind: my-cnn", "kind: my-cnn\n  hidden: [3]", StringComparison.Ordinal))).Model.Hidden);

    private Job Again(Job job) => Parse(JobFile.Write(job));

    // The silo's own check asks the kind's description.
    [Fact]
    public void Whether_it_learns_from_text_is_left_to_the_program_that_knows_it() =>
        Assert.True(Parse(Text, anyKind: true, "data={format: text, path: d.csv}").Data.IsText);

    [Fact]
    public void A_format_that_only_the_silo_s_program_knows_is_left_to_it()
    {
        var text = Text.Replace("format: csv, path: d.csv, label: label", "format: my-rows, path: d.csv, options: { a: 1 }, delimiter: \";\"", StringComparison.Ordinal);
        var data = Again(Parse(text)).Data;
        Assert.Equal(("my-rows", "1", ";"), (data.Format, data.Options["a"], data.Delimiter));
        Assert.Equal("my.yaml:5: data.format is 'my-rows', but must be one of csv, idx, images, text, libsvm, parquet.",
            Error(text.Replace("my-cnn", "mlp", StringComparison.Ordinal).Replace("  options: { channels: 8, rate: 0.5 }", "  hidden: [1]", StringComparison.Ordinal), anyKind: false));
        Assert.Contains("data.options has no meaning for csv: it belongs to formats of one's own.", Error(Text, anyKind: true, "data.options={a: 1}"));
    }

    [Fact]
    public void Elsewhere_a_kind_that_nobody_registered_is_refused() => Assert.Equal(
        "my.yaml:3: model.kind is 'my-cnn', but must be one of logistic, softmax, linear, mlp, cnn, transformer, skip-gram.", Error(Text, anyKind: false));

    [Theory]
    [InlineData("kind: my-cnn", "kind: My_CNN", "my.yaml:3: model.kind is 'My_CNN', but must be one of logistic, ")]
    [InlineData("kind: my-cnn", "kind: mlp", "my.yaml:4: model.options has no meaning for mlp: it belongs to kinds of one's own.")]
    [InlineData("{ channels: 8, rate: 0.5 }", "8", "my.yaml:4: model.options is a section")]
    [InlineData("channels: 8", "8: channels", "my.yaml:4: model.options has '8', but an option's name is letters")]
    [InlineData("channels: 8", "channels: [8]", "my.yaml:4: model.options.channels must be a single value.")]
    public void Mistakes_are_told_with_their_place(string from, string to, string message, params string[] overrides) =>
        Assert.Contains(message, Error(Text.Replace(from, to, StringComparison.Ordinal), anyKind: true, overrides));

    [Fact]
    public void A_shape_that_this_process_cannot_tell_says_where_it_is_known() => Assert.Equal(
        "model.kind is my-cnn, which this silo's program does not know (it knows logistic, softmax, linear, mlp, cnn, transformer, skip-gram): "
        + "start the program that registers it; GRANARY_SILO names its .dll.",
        Assert.Throws<JobException>(() => ModelShape.Of(Parse(Text).Model, new InputShape(4, 2))).Message);
}
