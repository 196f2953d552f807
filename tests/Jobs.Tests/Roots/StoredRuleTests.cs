namespace Granary.Jobs.Tests.Roots;

/// <summary>Paths into stores obey the roots too.</summary>
public sealed class StoredRuleTests
{
    private static readonly PathRule Rule = new(["/data", "s3://lake/tables"], "s3://out/runs", ["s3://lake/tables/checkpoints"]);

    [Theory]
    [InlineData("s3://lake/tables", true)]
    [InlineData("s3://lake/tables/a.csv", true)]
    [InlineData("s3://lake/tables/", true)]
    [InlineData("S3://lake/tables/a.csv", true)]
    [InlineData("s3://out/runs/x/model.safetensors", true)] // what jobs have left is read
    [InlineData("s3://lake/tables-2/a.csv", false)]
    [InlineData("s3://lake/Tables/a.csv", false)]
    [InlineData("s3://lake/a.csv", false)]
    [InlineData("s3://lake", false)]
    [InlineData("s3://other/tables/a.csv", false)]
    [InlineData("s3://lake/tables/../secret.csv", false)]
    [InlineData("s3://lake/tables//a.csv", false)]
    [InlineData("s3://lake/tables/checkpoints/job/x", false)]
    public void What_is_below_a_root_is_read(string path, bool may) => Assert.Equal(may, Rule.ReadRefusal(path) is null);

    [Theory]
    [InlineData("s3://out/runs/x", true)]
    [InlineData("s3://out/x", false)]
    [InlineData("s3://lake/tables/x", false)]
    [InlineData("/data/x", false)]
    [InlineData("/tmp/x", false)]
    public void What_is_below_the_output_root_is_written(string path, bool may) => Assert.Equal(may, Rule.WriteRefusal(path) is null);

    [Fact]
    public void A_root_in_a_store_opens_no_file_and_a_folder_opens_no_store()
    {
        Assert.NotNull(new PathRule(["s3://lake"], null).ReadRefusal("/etc/passwd"));
        Assert.Equal(
            "s3://lake/a.csv is under no data root, and the silos have none in a store. Put it there, or start the silos with its folder as --data-root (GRANARY_DATA_ROOT).",
            new PathRule(["/"], null).ReadRefusal("s3://lake/a.csv"));
        Assert.NotNull(new PathRule(null, "/out").WriteRefusal("s3://lake/x"));
        Assert.Null(new PathRule(null, null).ReadRefusal("s3://lake/a.csv"));
        Assert.Null(new PathRule(null, null).WriteRefusal("s3://lake/x"));
    }

    [Theory]
    [InlineData("/a:/b", "/a /b")]
    [InlineData("s3://lake/x", "s3://lake/x")]
    [InlineData("/a:s3://lake/x:/b:s3://other", "/a s3://lake/x /b s3://other")]
    [InlineData("s3://one:s3://two/", "s3://one s3://two/")]
    [InlineData("", "")]
    public void Roots_are_told_apart_by_the_separator_of_paths(string text, string paths) =>
        Assert.Equal(paths.Split(' ', StringSplitOptions.RemoveEmptyEntries), PathRule.Split(text.Replace(':', Path.PathSeparator).Replace($"s3{Path.PathSeparator}//", "s3://", StringComparison.Ordinal)));

    [Theory]
    [InlineData("s3://bucket/a b/ä.csv", null)]
    [InlineData("s3://bucket", null)]
    [InlineData("s3://b/x", "no path into a store")]
    [InlineData("s3://bucket/./x", "no path into a store")]
    [InlineData("s3://bucket/a\nb", "no path into a store")]
    public void Paths_that_no_store_could_have_are_refused(string path, string? message)
    {
        Assert.Equal(message is null, StoredPath.Refusal(path) is null);
        Assert.Contains(message ?? "", StoredPath.Refusal(path) ?? "", StringComparison.Ordinal);
    }
}
