namespace Granary.Jobs.Tests.Keys;

/// <summary>The committed reference is what the keys' declarations say.</summary>
public class ReferenceTests
{
    private const string Again = "Run the tests of this class once with GRANARY_UPDATE_REFERENCE=1, which writes it.";

    private const string Page = "docs/reference/job-file.md";

    private static bool Writes => Environment.GetEnvironmentVariable("GRANARY_UPDATE_REFERENCE") == "1";

    [Fact]
    public void The_schema_is_that_of_the_declarations() => Check("docs/reference/job.schema.json", _ => JobSchema.Text());

    [Fact]
    public void The_page_s_tables_are_those_of_the_declarations() => Check(Page, JobReference.Update);

    [Fact]
    public void Every_key_has_a_row()
    {
        var page = File.ReadAllText(Path.Combine(Repository.Root, Page));
        string[] keys = [.. JobKeys.File.Keys.Select(k => k.Path)];
        Assert.InRange(keys.Length, 56, 200);
        Assert.All(keys, key => Assert.Contains($"\n| `{key[(key.IndexOf('.') + 1)..]}` |", page));
    }

    [Fact]
    public void A_page_without_its_markers_is_refused() =>
        Assert.Contains("keys of the file", Assert.Throws<ArgumentException>(() => JobReference.Update("# The job file\n")).Message);

    private static void Check(string file, Func<string, string> now)
    {
        var path = Path.Combine(Repository.Root, file);
        var written = File.Exists(path) ? File.ReadAllText(path) : "";
        var expected = now(written);
        if (Writes)
        {
            File.WriteAllText(path, expected);
            written = expected;
        }

        Assert.True(written == expected, $"{file} is not what the declarations in src/Jobs/Keys say. {Again}");
    }
}
