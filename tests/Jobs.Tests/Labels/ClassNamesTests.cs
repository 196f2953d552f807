namespace Granary.Jobs.Tests.Labels;

public class ClassNamesTests
{
    [Fact]
    public void A_number_in_several_spellings_is_one_class()
    {
        var classes = ClassNames.Of(["1.0", "10", "2", "1", "+1", "-3"]);
        Assert.Equal(["-3", "1", "2", "10"], classes.Names);
        Assert.Equal([["+1", "1", "1.0"]], classes.Merged);
    }

    [Fact]
    public void A_number_in_one_spelling_keeps_it() => Assert.Equal(["-1", "+1", "007"], ClassNames.Of(["+1", "007", "-1"]).Names);

    [Fact]
    public void Beside_a_text_numbers_are_texts() => Assert.Equal(["01", "1", "1.0", "x"], ClassNames.Of(["x", "1.0", "1", "01"]).Names);

    [Fact]
    public void Whole_numbers_that_no_double_tells_apart_are_classes_of_their_own() =>
        Assert.Equal(["5", "9007199254740992", "9007199254740993"], ClassNames.Of(["9007199254740993", "5", "9007199254740992"]).Names);

    [Fact]
    public void A_label_is_found_by_its_number_where_classes_are_numbers()
    {
        var numbers = new LabelIndex(["-1", "+1", "2.50"]);
        Assert.Equal([0, 1, 1, 1, 2, null, null], new[] { "-1.0", "1", "+1", "1e0", "2.5", "3", "x" }.Select(numbers.Find));
        var texts = new LabelIndex(["01", "1", "x"]);
        Assert.Equal([0, 1, 2, null], new[] { "01", "1", "x", "1.0" }.Select(texts.Find));
    }
}
