namespace Granary.Jobs.Tests.Labels;

/// <summary>Job files whose rows have any number of labels.</summary>
public sealed class LabelJobTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-test-").FullName;

    public LabelJobTests() => File.WriteAllText(Path.Combine(_folder, "d.csv"), "a,y,z,w\n1,0,1,3\n");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private Job Parse(string data, string model = "kind: logistic", string training = "epochs: 1", string format = "csv") => JobFile.Parse(
        $"version: 1\nmodel: {{ {model} }}\ndata: {{ format: {format}, path: d.csv, {data} }}\ntraining: {{ {training} }}\n", "l.yaml", _folder, [], _folder);

    private const string Good = "target: labels, labelColumns: [y, z]";

    [Fact]
    public void The_columns_are_kept_and_written()
    {
        var job = Parse(Good);
        Assert.Equal(["y", "z"], job.Data.LabelColumns!);
        Assert.Null(job.Data.Label);
        Assert.Contains("\n  target: labels\n  labelColumns: [\"y\", \"z\"]\n", JobFile.Write(job));
        Assert.DoesNotContain("labelColumns", JobFile.Write(Parse("label: y", "kind: softmax")));
        Assert.Null(Continuation.Refusal(job, job with { Training = job.Training with { Epochs = 5 } }));
        Assert.Contains("data.labelColumns is", Continuation.Refusal(job, Parse("target: labels, labelColumns: [z, y]")));
        Assert.Equal(Loss.CrossEntropy, Parse(Good, "kind: mlp, hidden: [3]").Model.Loss);
    }

    [Theory]
    [InlineData("target: labels", "kind: logistic", "epochs: 1", "l.yaml:3: data.labelColumns is missing.")]
    [InlineData("target: labels, labelColumns: [y]", "kind: logistic", "epochs: 1", "l.yaml:3: data.target is labels, which needs two columns or more, but data.labelColumns has 'y' alone: for one label set data.label, and take data.target out.")]
    [InlineData("target: labels, labelColumns: [y, y]", "kind: logistic", "epochs: 1", "l.yaml:3: data.labelColumns names 'y' twice.")]
    [InlineData("label: y, " + Good, "kind: logistic", "epochs: 1", "l.yaml:3: data.label has no meaning where data.target is labels: name the labels' columns in data.labelColumns, or take data.target out.")]
    [InlineData("label: y, labelColumns: [y, z]", "kind: logistic", "epochs: 1", "l.yaml:3: data.labelColumns belongs to rows of several labels: set data.target to labels, or take it out.")]
    [InlineData(Good + ", ignore: [z]", "kind: logistic", "epochs: 1", "l.yaml:3: data.labelColumns and data.ignore both name 'z': take it out of one of the two.")]
    [InlineData(Good + ", weight: z", "kind: logistic", "epochs: 1", "l.yaml:3: data.weight is 'z', which is a label (data.labelColumns), too: a column is one of the two.")]
    [InlineData(Good, "kind: softmax", "epochs: 1", "l.yaml:3: data.target is labels, but model.kind is softmax, which gives each row one class: set model.kind to logistic, mlp or cnn, or take data.target out.")]
    [InlineData(Good, "kind: mlp, loss: squared-error", "epochs: 1", "l.yaml:3: data.target is labels, but model.loss is squared-error, which is not for labels: take model.loss out, or data.target.")]
    [InlineData(Good, "kind: linear", "epochs: 1", "l.yaml:3: model.kind is linear, which learns a number: set data.target to number, or choose another model.kind for classes.")]
    [InlineData(Good, "kind: logistic", "epochs: 1, classWeights: balanced", "l.yaml:4: training.classWeights has no meaning where data.target is labels: a row may have several. Take it out, or weigh rows by data.weight.")]
    [InlineData(Good + ", validation: { fraction: 0.2, threshold: f1 }", "kind: logistic", "epochs: 1", "l.yaml:3: data.validation.threshold has no meaning where data.target is labels: it tells two classes apart. Take it out.")]
    public void What_does_not_go_together_gets_one_message(string data, string model, string training, string message) =>
        Assert.Equal(message, Assert.Throws<JobException>(() => Parse(data, model, training)).Message);

    [Fact]
    public void Formats_without_columns_have_no_labels() => Assert.Equal(
        "l.yaml:3: data.target is labels, but libsvm has no columns for them: that needs csv or parquet.",
        Assert.Throws<JobException>(() => Parse("target: labels", format: "libsvm")).Message);
}
