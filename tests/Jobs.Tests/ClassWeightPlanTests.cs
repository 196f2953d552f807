namespace Granary.Jobs.Tests;

public class ClassWeightPlanTests
{
    private static TrainingSection Training(params (string Label, double Weight)[] weights) => new()
    {
        Epochs = 1,
        ClassWeights = new ClassWeights { ByLabel = weights.ToDictionary(w => w.Label, w => w.Weight) },
    };

    [Fact]
    public void A_label_left_out_weighs_one() =>
        Assert.Equal([1, 4, 0.5], ClassWeightPlan.Given(Training(("c", 0.5), ("b", 4)), ["a", "b", "c"], "d.csv")!);

    [Fact]
    public void A_label_that_does_not_occur_is_an_error() => Assert.Equal(
        "training.classWeights gives a weight to 'd', a label that does not occur in d.csv. Its labels are: a, b.",
        Assert.Throws<JobException>(() => ClassWeightPlan.Given(Training(("a", 1), ("d", 4)), ["a", "b"], "d.csv")).Message);

    [Fact]
    public void The_nearest_label_is_told() => Assert.Equal(
        "training.classWeights gives a weight to 'Spam', a label that does not occur in d.csv. Did you mean 'spam'? Its labels are: ham, spam.",
        Assert.Throws<JobException>(() => ClassWeightPlan.Given(Training(("Spam", 4)), ["ham", "spam"], "d.csv")).Message);

    [Fact]
    public void A_weight_is_given_to_a_number_in_any_spelling() =>
        Assert.Equal([4, 1, 2], ClassWeightPlan.Given(Training(("0", 4), ("+2", 2)), ["0.0", "1.0", "2.0"], "d.csv")!);

    [Fact]
    public void Two_weights_for_one_label_are_an_error() => Assert.Equal(
        "training.classWeights gives weights to '1' and to '1.0', which are the same label. Keep one of them.",
        Assert.Throws<JobException>(() => ClassWeightPlan.Given(Training(("1.0", 1), ("1", 4)), ["0", "1"], "d.csv")).Message);

    [Fact]
    public void No_weights_are_none() => Assert.Null(ClassWeightPlan.Given(new TrainingSection { Epochs = 1 }, ["a", "b"], "d.csv"));

    [Fact]
    public void Balanced_classes_weigh_the_same_in_all()
    {
        long[][] counts = [[3, 0, 1], [5, 1, 0], [0, 0, 0]];
        var weights = ClassWeightPlan.Balanced(counts);
        Assert.Equal([10 / (3.0 * 8), 10 / 3.0, 10 / 3.0], weights);
        Assert.Equal(10, (8 * weights[0]) + weights[1] + weights[2], 12);
    }

    [Fact]
    public void A_class_without_training_examples_takes_nothing_from_the_others() =>
        Assert.Equal([4 / (2.0 * 1), 1, 4 / (2.0 * 3)], ClassWeightPlan.Balanced([[1, 0, 3]]));
}
