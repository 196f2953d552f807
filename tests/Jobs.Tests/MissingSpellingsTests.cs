namespace Granary.Jobs.Tests;

/// <summary>How a message tells of a list of spellings: whole where it is short, else its beginning.</summary>
public class MissingSpellingsTests
{
    private static readonly string[] Own = ["NA", "-", ".", "x", "y", "z"];

    [Fact]
    public void A_short_list_is_whole()
    {
        Assert.Equal("data.missingValues to [NA, \"-\", -999] (the list replaces the usual one)", MissingSpellings.With(["NA", "-"], "-999"));
        Assert.Equal("data.missingValues to a list without it: [\"-\"]", MissingSpellings.Without(["NA", "-"], "NA"));
        Assert.Equal("data.missingValues to a list without it: []", MissingSpellings.Without([" NA "], "NA"));
    }

    [Fact]
    public void Of_a_long_list_the_first_are_named_and_the_docs_have_the_whole_of_the_usual_one()
    {
        Assert.Equal(19, MissingSpellings.Usual.Count);
        Assert.Equal("data.missingValues to the usual list with -999, \"a b\" added: [\"#N/A\", \"#N/A N/A\", \"#NA\", 16 more, -999, \"a b\"] (docs/how-to/check-data.md has the whole list)",
            MissingSpellings.With(MissingSpellings.Usual, "-999", "a b"));
        Assert.Equal("data.missingValues to the usual list without it: [\"#N/A N/A\", \"#NA\", \"-1.#IND\" and 15 more] (docs/how-to/check-data.md has the whole list)",
            MissingSpellings.Without(MissingSpellings.Usual, "#N/A"));
        Assert.Equal("data.missingValues to the job's list with -999 added: [NA, \"-\", \".\", 3 more, -999]", MissingSpellings.With(Own, "-999"));
        Assert.Equal("data.missingValues to the job's list without it: [NA, \"-\", \".\" and 4 more]", MissingSpellings.Without([.. Own, "q", "r"], "r"));
    }

    [Fact]
    public void The_docs_have_the_whole_list_to_be_pasted()
    {
        var page = Path.Combine(Repository.Root, "docs", "how-to", "check-data.md");
        Assert.Contains($"missingValues: {MissingSpellings.List(MissingSpellings.Usual)}", File.ReadAllText(page), StringComparison.Ordinal);
    }
}
