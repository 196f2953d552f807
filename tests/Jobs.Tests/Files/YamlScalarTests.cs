using System.Numerics;

namespace Granary.Jobs.Tests;

public sealed class YamlScalarTests : IDisposable
{
    private const string Good = """
        version: 1
        model: { kind: mlp, hidden: [16] }
        data: { format: csv, path: d.csv, label: y, validation: { fraction: 0.2 } }
        training:
          epochs: 3
          batch: 64
          optimizer: { kind: adamw, learningRate: 0.1, decayAll: true }
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("granary-test-").FullName;

    public YamlScalarTests() => File.WriteAllText(Path.Combine(_folder, "d.csv"), "");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private Job Parse(string part, string instead) => JobFile.Parse(Good.Replace(part, instead, StringComparison.Ordinal), "j.yaml", _folder, [], _folder);

    [Theory]
    [InlineData("true", true)]
    [InlineData("'true'", true)]
    [InlineData("\"false\"", false)]
    public void Booleans_are_true_and_false(string written, bool value) =>
        Assert.Equal(value, Parse("decayAll: true", $"decayAll: {written}").Training.Optimizer.DecayAll);

    [Theory]
    [InlineData("True", " Write true, as YAML spells it.")]
    [InlineData("TRUE", " Write true, as YAML spells it.")]
    [InlineData("yes", " Write true, as YAML spells it.")]
    [InlineData("Yes", " Write true, as YAML spells it.")]
    [InlineData("on", " Write true, as YAML spells it.")]
    [InlineData("1", " Write true, as YAML spells it.")]
    [InlineData("False", " Write false, as YAML spells it.")]
    [InlineData("Off", " Write false, as YAML spells it.")]
    [InlineData("no", " Write false, as YAML spells it.")]
    [InlineData("0", " Write false, as YAML spells it.")]
    [InlineData("maybe", "")]
    public void Another_spelling_is_refused_with_the_right_one(string written, string remedy)
    {
        var e = Assert.Throws<JobException>(() => Parse("decayAll: true", $"decayAll: {written}"));
        Assert.Equal($"j.yaml:7: training.optimizer.decayAll is '{written}', but must be true or false.{remedy}", e.Message);
    }

    [Theory]
    [InlineData("1_000", 1000)]
    [InlineData("'32'", 32)]
    [InlineData("\"1_000\"", 1000)]
    [InlineData("+7", 7)]
    public void Whole_numbers_may_have_underscores_and_quotes(string written, int value)
    {
        Assert.Equal(value, Parse("batch: 64", $"batch: {written}").Training.Batch);
        Assert.Equal([value], Parse("hidden: [16]", $"hidden: [{written}]").Model.Hidden);
    }

    [Theory]
    [InlineData(".5", 0.5)]
    [InlineData("1e-3", 1e-3)]
    [InlineData("1E-3", 1e-3)]
    [InlineData("5.", 5)]
    [InlineData("'0.25'", 0.25)]
    [InlineData("1_000.5", 1000.5)]
    public void Numbers_may_be_written_in_the_usual_ways(string written, double value) =>
        Assert.Equal(value, Parse("learningRate: 0.1", $"learningRate: {written}").Training.Optimizer.LearningRate);

    [Theory]
    [InlineData("batch: 64", "batch: 1,000", "j.yaml:6: training.batch is '1,000', which is not a whole number. Write 1000.")]
    [InlineData("batch: 64", "batch: 1 000", "training.batch is '1 000', which is not a whole number. Write 1000.")]
    [InlineData("batch: 64", "batch: 1e3", "training.batch is '1e3', which is not a whole number. Write 1000.")]
    [InlineData("batch: 64", "batch: 64.0", "training.batch is '64.0', which is not a whole number. Write 64.")]
    [InlineData("batch: 64", "batch: 0x10", "training.batch is '0x10', which is not a whole number. Write 16.")]
    [InlineData("batch: 64", "batch: _64", "training.batch is '_64', which is not a whole number.")]
    [InlineData("batch: 64", "batch: 2.5", "training.batch is '2.5', which is not a whole number.")]
    [InlineData("batch: 64", "batch: 50%", "training.batch is '50%', which is not a whole number.")]
    [InlineData("batch: 64", "batch: 99999999999999999999", "training.batch is 99999999999999999999, but must be at most ")]
    [InlineData("batch: 64", "batch: -99999999999999999999", "training.batch is -99999999999999999999, but must be at least 1.")]
    [InlineData("hidden: [16]", "hidden: [1e3]", "j.yaml:2: model.hidden holds '1e3', which is not a whole number of at least 1. Write 1000.")]
    [InlineData("hidden: [16]", "hidden: [99999999999]", "model.hidden holds 99999999999, but must hold at most 2147483647 each.")]
    [InlineData("hidden: [16]", "hidden: [0x10, 0]", "model.hidden holds '0x10', which is not a whole number of at least 1. Write 16.")]
    [InlineData("fraction: 0.2", "fraction: 20%", "j.yaml:3: data.validation.fraction is '20%', which is not a finite number. Write 0.2.")]
    [InlineData("fraction: 0.2", "fraction: '0,2'", "data.validation.fraction is '0,2', which is not a finite number. Write 0.2.")]
    [InlineData("learningRate: 0.1", "learningRate: '1,000.5'", "training.optimizer.learningRate is '1,000.5', which is not a finite number. Write 1000.5.")]
    [InlineData("learningRate: 0.1", "learningRate: 0x1F", "training.optimizer.learningRate is '0x1F', which is not a finite number. Write 31.")]
    [InlineData("learningRate: 0.1", "learningRate: 1e999", "training.optimizer.learningRate is '1e999', which is not a finite number.")]
    [InlineData("learningRate: 0.1", "learningRate: fast", "training.optimizer.learningRate is 'fast', which is not a finite number.")]
    public void Numbers_in_other_spellings_get_one_message(string part, string instead, string message)
    {
        var e = Assert.Throws<JobException>(() => Parse(part, instead));
        Assert.Contains(message, e.Message);
        Assert.Equal(message.Contains("Write", StringComparison.Ordinal), e.Message.Contains("Write", StringComparison.Ordinal));
        Assert.DoesNotContain('\n', e.Message);
    }

    [Fact]
    public void What_is_told_to_be_written_is_read()
    {
        foreach (var text in new[] { "1,000", "1e3", "0x3E8", "1'000", "1000.0" })
        {
            Assert.Equal(" Write 1000.", YamlScalar.WholeRemedy(text));
        }

        Assert.Equal(new BigInteger(1000), YamlScalar.Whole("1000"));
        Assert.Equal("", YamlScalar.WholeRemedy("many"));
        Assert.Equal("", YamlScalar.NumberRemedy(""));
        Assert.Equal("", YamlScalar.WholeRemedy("-5")); // there is nothing wrong with its spelling
        Assert.Equal("", YamlScalar.NumberRemedy("-0.5"));
    }
}
