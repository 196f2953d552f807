using Granary.Jobs;
using Granary.Model.Custom;

namespace Granary.Model.Tests.Custom;

public class OwnFormatTests
{
    public static TheoryData<ValidationSection, string> ByPlace => new()
    {
        { new() { Fraction = 0.2, From = HeldOutPlace.End }, "from: end" },
        { new() { Fraction = 0.2, Stratified = true }, "stratified" },
        { new() { Fold = "1/3" }, "fold" },
        { new() { Fold = "1/3", Stratified = true }, "stratified" },
    };

    [Theory]
    [MemberData(nameof(ByPlace))]
    public void What_is_held_out_by_a_row_s_place_needs_a_format_that_knows_it(ValidationSection held, string by)
    {
        var data = new DataSection { Format = "cards", Path = "d", Validation = held };
        var (key, message) = new OwnFormatDescription("cards", isInOrder: false).Broken(data)!.Value;
        Assert.Equal("validation", key);
        Assert.StartsWith($"data.validation has {by}, which goes by the places of the rows in the source, but cards does not say that its shards' parts follow on each other in it", message);
        Assert.Null(new OwnFormatDescription("cards", isInOrder: true).Broken(data));
    }

    [Fact]
    public void A_fraction_of_every_shard_and_a_source_of_its_own_need_nothing() => Assert.All(
        [new(), new() { Fraction = 0.2 }, new() { Path = "v" }, new ValidationSection { Fraction = 0.2, Threshold = "f1" }],
        held => Assert.Null(new OwnFormatDescription("cards", isInOrder: false).Broken(new DataSection { Format = "cards", Path = "d", Validation = held })));
}
