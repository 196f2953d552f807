namespace Granary.Jobs.Tests;

public sealed class JobNameTests
{
    [Theory]
    [InlineData("digits-mlp", "digits-mlp")]
    [InlineData("digits_2.v3", "digits_2.v3")]
    [InlineData("my job é", "my-job-e")]
    [InlineData("my job e\u0301", "my-job-e")] // the accent as a character of its own, as macOS writes it
    [InlineData("Übung  №1 (Größe)", "Ubung-1-Grosse")]
    [InlineData("Æsop & Łódź", "AEsop-Lodz")]
    [InlineData("  -spaces- ", "spaces")]
    [InlineData("a/b\\c:d\te\nf", "a-b-c-d-e-f")]
    [InlineData("задача 7", "7")]
    [InlineData("задача", null)]
    [InlineData("😀", null)]
    [InlineData("", null)]
    [InlineData("...", null)]
    public void A_name_is_made_from_any_text_that_has_a_plain_letter_or_digit(string text, string? name)
    {
        Assert.Equal(name, JobName.From(text));
        Assert.True(name is null || JobName.IsGood(name));
    }

    [Fact]
    public void A_long_one_is_cut()
    {
        Assert.Equal(new string('a', 64), JobName.From(new string('a', 300)));
        Assert.Equal(new string('a', 63), JobName.From(new string('a', 63) + " b")); // no hyphen at the end
        Assert.False(JobName.IsGood(new string('a', 65)));
    }

    [Theory]
    [InlineData("my job é.yaml", "my-job-e")]
    [InlineData("Überwachung.prod.yml", "Uberwachung.prod")]
    [InlineData("a.yaml", "a")]
    public void A_job_file_may_be_called_anything(string file, string name) => Assert.Equal(name, Parse("", file).Name);

    [Fact]
    public void What_no_name_can_be_made_from_asks_for_one()
    {
        Assert.Equal(
            "задача.yaml:1: no job name can be made from the file's name 'задача.yaml': set name: to 1 to 64 letters, digits, '-', '_' or '.'.",
            Assert.Throws<JobException>(() => Parse("", "задача.yaml")).Message);
        Assert.Equal("task", Parse("name: task\n", "задача.yaml").Name);
    }

    [Fact]
    public void A_name_that_is_given_is_taken_as_it_is_or_refused_with_one_that_would_do() => Assert.Equal(
        "x.yaml:1: name is 'mon été': it must be 1 to 64 letters, digits, '-', '_' or '.'. Write mon-ete, for example.",
        Assert.Throws<JobException>(() => Parse("name: mon été\n", "x.yaml")).Message);

    private static Job Parse(string name, string file)
    {
        var text = name + "version: 1\nmodel: { kind: softmax }\ndata: { format: csv, path: d.csv, label: y }\ntraining: { epochs: 1 }\n";
        var folder = Directory.CreateTempSubdirectory("granary-test-").FullName;
        try
        {
            File.WriteAllText(Path.Combine(folder, "d.csv"), "");
            File.WriteAllText(Path.Combine(folder, file), text);
            return JobFile.Load(Path.Combine(folder, file), [], folder);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    // An id becomes a part of paths: of checkpoints, outputs, events.
    [Theory]
    [InlineData("digits-mlp-ab12cd", true)]
    [InlineData("a.b_c-1", true)]
    [InlineData("", false)]
    [InlineData(".", false)]
    [InlineData("..", false)]
    [InlineData("./other", false)]
    [InlineData("/tmp/x", false)]
    [InlineData("a b", false)]
    [InlineData("a\0b", false)]
    public void An_id_is_a_part_of_a_path_and_no_path(string id, bool good)
    {
        Assert.Equal(good, JobName.IsGoodId(id));
        Assert.False(JobName.IsGoodId(new string('a', 129)));
    }
}
