using CsCheck;

namespace Granary.Jobs.Tests;

public sealed class JobFileFuzzTests : IDisposable
{
    private const string Good = """
        version: 1
        name: digits
        model:
          kind: mlp
          hidden: [64, 32]
        data:
          format: csv
          path: d.csv
          label: label
          validation: { fraction: 0.2 }
        training:
          epochs: 3
          optimizer: { kind: adamw }
          schedule: { kind: cosine, warmup: 5 }
        """;

    private static readonly string[] Pieces =
    [
        "", " ", "\n", ":", "-", "[", "]", "{", "}", "'", "\"", "#", "&a ", "*a", "!t ", "|", ">", "%", "@", "`", "~", "?", ",", "0", "-1", "1e999", ".nan",
        "\t", "\0", "é", "😀", "---\n", "...\n", "<<: ", "null", "\\x", "kind", "model: ",
    ];

    private static readonly string[] Keys =
    [
        "version", "name", "model", "model.kind", "model.hidden", "data", "data.path", "data.label", "data.labels", "data.shards", "data.validation",
        "data.validation.path", "data.validation.labels", "training", "training.epochs", "training.optimizer.kind", "training.seed", "a.b", "", ".", "model..x",
    ];

    private readonly string _folder = Directory.CreateTempSubdirectory("granary-test-").FullName;

    public JobFileFuzzTests() => File.WriteAllText(Path.Combine(_folder, "d.csv"), "a,label\n1,x\n");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Any_damage_to_a_job_file_gives_a_job_or_one_message() =>
        Gen.Select(Gen.Int[0, Good.Length], Gen.Int[0, 8], Gen.Int[0, Pieces.Length - 1], Gen.Int[0, Pieces.Length - 1]).Sample((at, cut, a, b) =>
            Check(Good[..at] + Pieces[a] + Pieces[b] + Good[Math.Min(Good.Length, at + cut)..]), iter: 5_000);

    [Fact]
    public void Any_override_gives_a_job_or_one_message() =>
        Gen.Select(Gen.Int[0, Keys.Length - 1], Gen.Int[0, Pieces.Length - 1], Gen.Int[0, Pieces.Length - 1]).Sample((key, a, b) =>
            Check(Good, $"{Keys[key]}={Pieces[a]}{Pieces[b]}"), iter: 5_000);

    private void Check(string text, params string[] overrides)
    {
        try
        {
            var job = JobFile.Parse(text, "digits.yaml", _folder, overrides, _folder);
            Assert.Equal(job, JobFile.Parse(JobFile.Write(job), "digits.yaml", _folder, [], _folder));
        }
        catch (JobException e)
        {
            Assert.DoesNotContain('\n', e.Message);
            Assert.True(e.Message.StartsWith("digits.yaml:", StringComparison.Ordinal) || e.Message.StartsWith("--set ", StringComparison.Ordinal), e.Message);
        }
    }
}
