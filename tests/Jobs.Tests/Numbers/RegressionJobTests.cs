namespace Granary.Jobs.Tests.Numbers;

/// <summary>Job files whose target is a number.</summary>
public sealed class RegressionJobTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-test-").FullName;

    public RegressionJobTests() => File.WriteAllText(Path.Combine(_folder, "d.csv"), "a,y\n1,2\n");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private Job Parse(string model, string data = "target: number", string training = "epochs: 2") => JobFile.Parse(
        $"version: 1\nmodel: {{ {model} }}\ndata: {{ format: csv, path: d.csv, label: y, {data} }}\ntraining: {{ {training} }}\n", "r.yaml", _folder, [], _folder);

    [Fact]
    public void The_squared_error_is_what_numbers_are_trained_by()
    {
        Assert.Equal(Loss.SquaredError, Parse("kind: linear").Model.Loss);
        Assert.Equal(Loss.SquaredError, Parse("kind: mlp, hidden: [3]").Model.Loss);
        Assert.Equal(Loss.CrossEntropy, Parse("kind: mlp", "target: auto").Model.Loss);
        Assert.Equal((Loss.Quantile, 0.9), (Parse("kind: mlp, loss: quantile, quantile: 0.9").Model.Loss, Parse("kind: linear, loss: quantile, quantile: 0.9").Model.Quantile));
    }

    [Fact]
    public void The_squared_error_of_classes_stays_what_it_was() =>
        Assert.Equal((Loss.SquaredError, LabelTarget.Auto), (Parse("kind: mlp, loss: squared-error", "target: auto").Model.Loss, Parse("kind: mlp, loss: squared-error", "target: auto").Data.Target));

    [Theory]
    [InlineData("kind: linear", "target: auto", "epochs: 2", "r.yaml:3: model.kind is linear, which learns a number: set data.target to number, or choose another model.kind for classes.")]
    [InlineData("kind: linear", "cache: true", "epochs: 2", "r.yaml:3: model.kind is linear, which learns a number: set data.target to number, or choose another model.kind for classes.")]
    [InlineData("kind: mlp, loss: huber", "target: auto", "epochs: 2", "r.yaml:3: model.loss is huber, which learns a number: set data.target to number, or choose cross-entropy for classes.")]
    [InlineData("kind: softmax", "target: number", "epochs: 2", "r.yaml:3: data.target is number, but model.kind is softmax, which tells classes apart: set model.kind to linear, mlp or cnn, or take data.target out.")]
    [InlineData("kind: mlp, loss: cross-entropy", "target: number", "epochs: 2", "r.yaml:3: data.target is number, but model.loss is cross-entropy, which tells classes apart: set model.loss to squared-error, absolute-error, huber, quantile or poisson, or take data.target out.")]
    [InlineData("kind: linear, loss: cross-entropy", "target: number", "epochs: 2", "r.yaml:2: model.loss is cross-entropy, which tells classes apart, but linear learns a number: take it out, or set it to another loss.")]
    [InlineData("kind: linear, delta: 2", "target: number", "epochs: 2", "r.yaml:2: model.delta belongs to one loss: set model.loss to huber, or take it out.")]
    [InlineData("kind: linear, loss: huber, quantile: 0.2", "target: number", "epochs: 2", "r.yaml:2: model.quantile belongs to one loss: set model.loss to quantile, or take it out.")]
    [InlineData("kind: linear, loss: quantile, quantile: 1", "target: number", "epochs: 2", "r.yaml:2: model.quantile is 1, but must be above 0 and below 1.")]
    [InlineData("kind: softmax", "standardizeTarget: true", "epochs: 2", "r.yaml:3: data.standardizeTarget belongs to targets that are numbers: set data.target to number, or take it out.")]
    [InlineData("kind: linear, loss: poisson", "target: number, standardizeTarget: true", "epochs: 2", "r.yaml:3: data.standardizeTarget is true, but model.loss is poisson, whose targets are counts from 0 on: set it to false, or take it out.")]
    [InlineData("kind: linear", "target: number", "epochs: 2, classWeights: balanced", "r.yaml:4: training.classWeights has no meaning where data.target is number: there are no classes. Take it out.")]
    [InlineData("kind: linear", "target: number, validation: { fraction: 0.2 }", "epochs: 2, earlyStopping: { patience: 2, figure: accuracy }", "r.yaml:4: training.earlyStopping.figure is accuracy, but a number that is predicted is not right or wrong: set it to loss, or take it out.")]
    public void What_does_not_go_together_gets_one_message(string model, string data, string training, string message) =>
        Assert.Equal(message, Assert.Throws<JobException>(() => Parse(model, data, training)).Message);
}
