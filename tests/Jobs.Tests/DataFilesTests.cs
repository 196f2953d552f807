namespace Granary.Jobs.Tests;

public sealed class DataFilesTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-test-").FullName;

    public DataFilesTests()
    {
        foreach (var file in new[] { "b.txt", "a.txt", "a.md", "B.TXT", "in/c.txt", "in/deep/d.txt", "in/deep/e1.txt", "x(1)/f.txt" })
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(_folder, file))!);
            File.WriteAllText(Path.Combine(_folder, file), "text");
        }
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string[] Names(string glob) => [.. DataFiles.Expand(Path.Combine(_folder, glob)).Select(f => Path.GetRelativePath(_folder, f))];

    [Theory]
    [InlineData("*.txt", "a.txt b.txt")]
    [InlineData("**/*.txt", "a.txt b.txt in/c.txt in/deep/d.txt in/deep/e1.txt x(1)/f.txt")]
    [InlineData("in/**", "in/c.txt in/deep/d.txt in/deep/e1.txt")]
    [InlineData("**/deep/e?.txt", "in/deep/e1.txt")]
    [InlineData("in/**/?.txt", "in/c.txt in/deep/d.txt")]
    [InlineData("*/*.txt", "in/c.txt x(1)/f.txt")]
    [InlineData("x(1)/*", "x(1)/f.txt")]
    [InlineData("?.md", "a.md")]
    [InlineData("nowhere/*.txt", "")]
    [InlineData("in/deep/e1.t?t", "in/deep/e1.txt")]
    public void A_glob_names_files_in_ordinal_order(string glob, string files) =>
        Assert.Equal(files.Split(' ', StringSplitOptions.RemoveEmptyEntries), Names(glob));

    [Fact]
    public void A_path_without_wildcards_names_itself() => Assert.Equal(["/x/y z.txt"], DataFiles.Expand("/x/y z.txt"));

    [Fact]
    public void A_link_that_leads_in_a_circle_is_not_followed()
    {
        Directory.CreateSymbolicLink(Path.Combine(_folder, "in", "deep", "back"), _folder);
        Assert.Equal(["in/c.txt", "in/deep/d.txt", "in/deep/e1.txt"], Names("in/**/*.txt"));
    }
}
