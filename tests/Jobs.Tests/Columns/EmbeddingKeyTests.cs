namespace Granary.Jobs.Tests.Columns;

/// <summary>Vectors of categories in a job file: who can have them, and how wide they may be.</summary>
public class EmbeddingKeyTests
{
    private static Job Read(string kind, string column)
    {
        var folder = Directory.CreateTempSubdirectory("granary-test-");
        try
        {
            File.WriteAllText(Path.Combine(folder.FullName, "d.csv"), "a,y\n1,x\n");
            var text = $"version: 1\nmodel: {{ kind: {kind} }}\ndata:\n  format: csv\n  path: d.csv\n  label: y\n{(kind == "linear" ? "  target: number\n" : "")}  columns:\n    a: {column}\ntraining: {{ epochs: 1 }}\n";
            var job = JobFile.Parse(text, "j.yaml", folder.FullName, [], folder.FullName);
            Assert.Equal(job, JobFile.Parse(JobFile.Write(job), "j.yaml", folder.FullName, [], folder.FullName));
            return job;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void A_category_may_have_a_vector_with_a_hash_or_without()
    {
        Assert.Equal(8, Read("mlp", "{ kind: categorical, embedding: 8, max: 5000, missing: slot }").Data.Columns!.Named["a"].Embedding);
        Assert.Equal((512, 4), Read("mlp", "{ kind: categorical, embedding: 4, buckets: 512 }").Data.Columns!.Named["a"] is var c ? (c.Buckets!.Value, c.Embedding!.Value) : default);
    }

    [Theory]
    [InlineData("logistic", "has no meaning for logistic, which has no layer above the features that could learn vectors: leave it out for a feature of each category (buckets for many of them), or set model.kind to mlp.")]
    [InlineData("softmax", "has no meaning for softmax")]
    [InlineData("linear", "has no meaning for linear")]
    public void Linear_models_have_none(string kind, string message) => Assert.Contains(
        $":{(kind == "linear" ? 9 : 8)}: data.columns.a.embedding {message}", Assert.Throws<JobException>(() => Read(kind, "{ kind: categorical, embedding: 8 }")).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("{ kind: categorical, embedding: 0 }", "data.columns.a.embedding is 0, but must be")]
    [InlineData("{ kind: categorical, embedding: 2000 }", "data.columns.a.embedding is 2000, but must be")]
    [InlineData("{ kind: numeric, embedding: 8 }", "data.columns.a.embedding has no meaning for numeric: it belongs to categorical.")]
    public void What_cannot_be_is_refused_by_key(string column, string message) =>
        Assert.Contains(message, Assert.Throws<JobException>(() => Read("mlp", column)).Message, StringComparison.Ordinal);
}
