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

    [Theory]
    [InlineData("/x/y/d.csv", "d.csv")]
    [InlineData("/x/y", "y")]
    [InlineData("/x/y/", "y")]
    [InlineData("/x/y/*.csv", "y/*.csv")]
    [InlineData("/x/y/**", "y/**")]
    [InlineData("/x/y/**/z/*.csv", "y/**/z/*.csv")]
    [InlineData("d.csv", "d.csv")]
    [InlineData("*.csv", "*.csv")]
    public void Messages_call_a_source_by_its_name(string path, string name) => Assert.Equal(name, DataFiles.NameOf(path));

    private void Write(params string[] files)
    {
        foreach (var file in files)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(_folder, file))!);
            File.WriteAllText(Path.Combine(_folder, file), "text");
        }
    }

    private string[] LeftOut(string glob) => [.. DataFiles.LeftOut(Path.Combine(_folder, glob)).Select(f => Path.GetRelativePath(_folder, f))];

    [Theory]
    [InlineData("p/**/*.csv", "p/1.csv p/q/2.csv", "p/._1.csv p/.ipynb_checkpoints/1.csv p/_delta_log/2.csv p/q/.2.csv")]
    [InlineData("p", "p/1.csv p/q/2.csv", "p/._1.csv p/.ipynb_checkpoints/1.csv p/1.csv~ p/_delta_log/2.csv p/q/.2.csv")]
    [InlineData("p/*", "p/1.csv", "p/._1.csv p/1.csv~")]
    [InlineData("p/q/?2.csv", "", "p/q/.2.csv")]
    [InlineData("p/.*", "p/._1.csv p/.crc", "")]
    [InlineData("p/_*", "p/_SUCCESS", "")]
    [InlineData("p/*~", "p/1.csv~", "")]
    [InlineData("p/.ipynb*/*.csv", "p/.ipynb_checkpoints/1.csv", "")]
    [InlineData("**/.2.csv", "p/q/.2.csv", "")]
    public void Hidden_names_are_left_out_unless_the_pattern_names_them_outright(string glob, string files, string leftOut)
    {
        Write("p/1.csv", "p/._1.csv", "p/.crc", "p/1.csv~", "p/_SUCCESS", "p/q/2.csv", "p/q/.2.csv", "p/.ipynb_checkpoints/1.csv", "p/_delta_log/2.csv", "p/.granary-cache/1.csv");
        Assert.Equal(files.Split(' ', StringSplitOptions.RemoveEmptyEntries), Names(glob));
        Assert.Equal(leftOut.Split(' ', StringSplitOptions.RemoveEmptyEntries), LeftOut(glob));
    }

    [Fact]
    public void A_hidden_file_that_is_named_is_read_and_hidden_folders_above_the_first_wildcard_do_not_matter()
    {
        Write(".h/a.csv", ".h/.b.csv");
        Assert.Equal([".h/.b.csv"], Names(".h/.b.csv"));
        Assert.Equal([".h/a.csv"], Names(".h/*.csv"));
        Assert.Equal([".h/a.csv"], Names(".h"));
    }

    [Fact]
    public void Partitions_in_names_of_folders_are_told()
    {
        Write("t/year=2024/month=1/a.parquet", "t/year=2025/month=1/b.parquet", "a=b/c.parquet");
        string At(string path) => Path.Combine(_folder, path);
        Assert.Equal(["year", "month"], DataFiles.PartitionColumns(At("t")));
        Assert.Equal(["year", "month"], DataFiles.PartitionColumns(At("t/**/*.parquet")));
        Assert.Empty(DataFiles.PartitionColumns(At("a=b")));
        Assert.Empty(DataFiles.PartitionColumns(At("a=b/c.parquet")));
        Assert.StartsWith($"{At("t")} is partitioned: 'year', 'month' stand in names of folders and not in the files", DataFiles.Refusal(At("t"), isTable: true));
        Assert.Contains($"give the glob {At("t/**")}", DataFiles.Refusal(At("t"), isTable: true));
        Assert.Null(DataFiles.Refusal(At("t/**"), isTable: true));
        Assert.Null(DataFiles.Refusal(At("t"), isTable: false));
    }

    [Fact]
    public void What_is_no_file_is_refused_before_it_is_opened()
    {
        Write("k/a.csv", "e/.x");
        using (var make = System.Diagnostics.Process.Start("mkfifo", Path.Combine(_folder, "k/b.csv")))
        {
            make.WaitForExit();
        }

        var error = Assert.Throws<JobException>(() => Names("k/*.csv")).Message;
        Assert.Contains("b.csv is a pipe, which can be read only once", error);
        Assert.Equal(error, DataFiles.Refusal(Path.Combine(_folder, "k/*.csv"), isTable: true));
        Assert.EndsWith("e. 1 hidden or backup file is not read: .x. To read one, give its own path.", DataFiles.Refusal(Path.Combine(_folder, "e"), isTable: true));
        Assert.StartsWith("there is no file ", DataFiles.Refusal(Path.Combine(_folder, "none"), isTable: true));
    }

    [Fact]
    public void A_link_that_leads_in_a_circle_is_not_followed()
    {
        Directory.CreateSymbolicLink(Path.Combine(_folder, "in", "deep", "back"), _folder);
        Assert.Equal(["in/c.txt", "in/deep/d.txt", "in/deep/e1.txt"], Names("in/**/*.txt"));
    }
}
