using System.Text.Json;

namespace Granary.Jobs.Tests.Columns;

/// <summary>The <c>data.columns</c> section, from text to job and back.</summary>
public class ColumnKeysTests
{
    private static string Text(string columns, string more, string format) =>
        $"version: 1\nmodel: {{ kind: logistic }}\ndata:\n  format: {format}\n  path: d.csv\n{(format == "csv" ? "  label: y\n" : "")}{more}  columns:{columns}\ntraining: {{ epochs: 1 }}\n";

    private static Job Read(string columns, string more = "", string format = "csv")
    {
        var folder = Directory.CreateTempSubdirectory("granary-test-");
        try
        {
            File.WriteAllText(Path.Combine(folder.FullName, "d.csv"), "a,y\n1,x\n");
            var job = JobFile.Parse(Text(columns, more, format), "j.yaml", folder.FullName, [], folder.FullName);
            Assert.Equal(job, JobFile.Parse(JobFile.Write(job), "j.yaml", folder.FullName, [], folder.FullName));
            return job;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void Columns_are_kinds_or_sections_of_their_own()
    {
        var columns = Read("\n    age: { kind: numeric, scale: standard, missing: mean, clip: [-1.5, 90] }\n    city: categorical\n"
            + "    \"joined at\": { kind: date, parts: [year, month], pattern: dd.MM.yyyy, missing: constant, fill: 31.12.2025 }\n    note: { kind: text, ngrams: 2, weight: binary }\n").Data.Columns!;
        Assert.False(columns.Infer);
        Assert.Equal(["age", "city", "joined at", "note"], columns.Named.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(new ColumnSection { Kind = "numeric", Scale = ColumnScale.Standard, Missing = MissingRule.Mean, Clip = [-1.5, 90] }, columns.Named["age"]);
        Assert.Equal(new ColumnSection { Kind = "categorical" }, columns.Named["city"]);
        Assert.Equal([DatePart.Year, DatePart.Month], columns.Named["joined at"].Parts!);
        Assert.Equal((2, TextWeight.Binary), (columns.Named["note"].Ngrams!.Value, columns.Named["note"].Weight!.Value));
        Assert.True(Read(" infer").Data.Columns!.Infer);
    }

    [Fact]
    public void A_time_of_day_is_the_same_on_whichever_day_it_is_read()
    {
        var section = Read("\n    a: { kind: date, pattern: HH:mm, parts: [hour] }").Data.Columns!.Named["a"];
        Assert.True(ColumnKinds.Of("date").TryParse(section, "21:30", out var days));
        Assert.Equal((DateTime.MinValue - DateTime.UnixEpoch).TotalDays + (21.5 / 24), days, 1e-9);
    }

    [Fact]
    public void A_job_without_columns_and_what_is_known_of_its_data_are_written_as_before()
    {
        var job = Read("");
        Assert.DoesNotContain("columns", JobFile.Write(job), StringComparison.Ordinal);
        Assert.DoesNotContain("Columns", JsonSerializer.Serialize(job), StringComparison.Ordinal);
        Assert.DoesNotContain("Sections", JsonSerializer.Serialize(new ShardSurvey(0, 1, 0, 1, [], [])), StringComparison.Ordinal);
        Assert.DoesNotContain("Columns", JsonSerializer.Serialize(new TrainingStatistics(null, null)), StringComparison.Ordinal);
        var facts = JsonSerializer.Serialize(new DataFacts(new InputShape(1, 2), ["a", "b"], [1], [0], null));
        Assert.All(new[] { "Table", "Search", "Inputs" }, word => Assert.DoesNotContain(word, facts, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(" guess", "j.yaml:7: data.columns is 'guess', but must be infer, or columns by name")]
    [InlineData("\n    a: number", "j.yaml:8: data.columns.a is 'number', but must be one of numeric, categorical, boolean, date, text.")]
    [InlineData("\n    a: { kind: categorical, scale: standard }", "j.yaml:8: data.columns.a.scale has no meaning for categorical: it belongs to numeric, boolean, date.")]
    [InlineData("\n    a: { kind: numeric, scales: standard }", "j.yaml:8: data.columns.a.scales is not a key of a job file; did you mean data.columns.a.scale?")]
    [InlineData("\n    a: { scale: standard }", "j.yaml:8: data.columns.a.kind is missing.")]
    [InlineData("\n    a: { kind: categorical, missing: mean }", "j.yaml:8: data.columns.a.missing is 'mean', but must be one of refuse, constant, slot.")]
    [InlineData("\n    a: { kind: date, pattern: q }", "j.yaml:8: data.columns.a.pattern is 'q', which is no pattern of dates: write it as .NET's custom date formats, such as dd.MM.yyyy.")]
    [InlineData("\n    a: { kind: date, pattern: dd.MM. }", "j.yaml:8: data.columns.a.pattern is 'dd.MM.', which has no year: add yyyy to it and to the data, or describe the column as categorical.")]
    [InlineData("\n    a: { kind: date, pattern: dd.MM., missing: constant, fill: 24.12. }", "j.yaml:8: data.columns.a.pattern is 'dd.MM.', which has no year")]
    [InlineData("\n    a: { kind: numeric, missing: constant }", "j.yaml:8: data.columns.a.missing is constant, but data.columns.a.fill, which says what to fill in, is missing.")]
    [InlineData("\n    a: { kind: numeric, fill: 1 }", "j.yaml:8: data.columns.a.fill has a meaning only where data.columns.a.missing is constant.")]
    [InlineData("\n    a: { kind: numeric, missing: constant, fill: x }", "j.yaml:8: data.columns.a.fill is 'x', which is not a number.")]
    [InlineData("\n    a: { kind: date, missing: constant, fill: 3.1.2020 }", "data.columns.a.fill is '3.1.2020', which is not a date such as 2026-03-31")]
    [InlineData("\n    a: { kind: numeric, clip: [3, 2] }", "j.yaml:8: data.columns.a.clip is [3, 2], but must be two numbers in rising order")]
    [InlineData("\n    a: { kind: categorical, buckets: 4, max: 9 }", "j.yaml:8: data.columns.a.max has no meaning beside buckets")]
    [InlineData("\n    a: { kind: date, parts: [year, week] }", "j.yaml:8: data.columns.a.parts holds 'week', but must hold some of elapsed, year")]
    [InlineData("\n    y: categorical", "j.yaml:8: data.columns names 'y', which is the label (data.label)")]
    public void What_does_not_fit_is_refused_by_line_and_key(string columns, string message)
    {
        var refusal = Assert.Throws<JobException>(() => Read(columns)).Message;
        Assert.Contains(message, refusal, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refusal);
    }

    [Fact]
    public void A_column_cannot_be_described_and_ignored() =>
        Assert.Contains("data.columns and data.ignore both name 'a'", Assert.Throws<JobException>(() => Read("\n    a: numeric", "  ignore: [a]\n")).Message, StringComparison.Ordinal);

    [Fact]
    public void Other_formats_have_no_columns() => Assert.Contains(
        "data.columns has no meaning for libsvm: it belongs to csv and parquet", Assert.Throws<JobException>(() => Read("\n    a: numeric", format: "libsvm")).Message, StringComparison.Ordinal);
}
