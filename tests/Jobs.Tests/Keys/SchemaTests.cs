using System.Reflection;
using System.Text.RegularExpressions;
using CsCheck;

namespace Granary.Jobs.Tests.Keys;

/// <summary>The reader and the JSON Schema, which a library of others applies, accept the same files: what they must not do is drift apart.</summary>
public sealed partial class SchemaTests : IDisposable
{
    // What takes more than a key's name, type and range, or another key's kind.
    private static readonly string[] ReaderAlone =
    [
        "there is no file", "there are no files", "no file matches", "is a folder, not a file", "which is the label", "has a fraction and a path", "stands alone", "data.validation.labels is missing", "twice", "which learns from text", "which a transformer and a skip-gram learn from", "goes by held-out examples",
        "learns from words", "a skip-gram learns from: a transformer needs", "go together", "which needs a vocabulary", "beside data.vocabulary", "Write 5000000000.", "do not divide", "more than a matrix can hold", "no YAML", "no job name can be made", "which learns a number: set", "which tells classes apart", "no fraction is held out", "says how rows are held out, but", "has a fold (", "in a job of training.steps it counts steps", "which needs two columns or more", "which gives each row one class", "which is not for labels", "has no columns for them", "both name", "a column is one of the two", "stands without", "is empty, but a cnn has",
    ];

    private static readonly string[] Values =
    [
        "0", "1", "-1", "2", "0.5", "1.5", "1e-3", "5e9", "1e999", ".nan", "x", "'x'", "true", "[1]", "[]", "[0]", "[[1]]", "{a: 1}", "{}", "{a: 0}", "{1a: 1}", "all", "balanced", "';;'", "'§'",
        "';'", "1000001", "99999999", "adam", "relu", "squared-error", "cross-entropy", "word", "bpe", "text", "csv", "lbfgs", "cosine", "mean", "best", "accuracy", "number", "labels", "[a, b]", "poisson", "huber", "quantile", "9223372036854775808", "name with spaces",
    ];

    private static readonly Dictionary<string, string> Files = new()
    {
        ["mlp"] = "version: 1\nname: a\nmodel: { kind: mlp, hidden: [3] }\ndata: { format: csv, path: d.csv, label: y, validation: { fraction: 0.2 } }\n"
            + "training: { epochs: 2, optimizer: { kind: adamw }, schedule: { kind: cosine, floor: 0.1 }, earlyStopping: { patience: 2 } }\n",
        ["linear"] = "version: 1\nmodel: { kind: linear, loss: huber, delta: 2 }\ndata: { format: csv, path: d.csv, label: y, target: number, standardizeTarget: true, validation: { fraction: 0.2 } }\n"
            + "training: { epochs: 2, earlyStopping: { patience: 2 } }\n",
        ["labels"] = "version: 1\nmodel: { kind: logistic }\ndata: { format: csv, path: d.csv, target: labels, labelColumns: [y, z], weight: w, validation: { fraction: 0.2 } }\ntraining: { epochs: 2 }\n",
        ["columns"] = "version: 1\nmodel: { kind: logistic }\ndata: { format: csv, path: d.csv, label: y, columns: { a: { kind: numeric, scale: robust, missing: constant, fill: 1, clip: [0, 9] }, b: text } }\ntraining: { epochs: 2 }\n",
        ["own"] = "version: 1\nmodel: { kind: my-cnn, options: { a: 1 } }\ndata: { format: parquet, path: d.csv, label: y }\ntraining: { epochs: 2, optimizer: { kind: my-rule, options: { b: 2 } } }\n",
        ["idx"] = "version: 1\nmodel: { kind: softmax }\ndata: { format: idx, path: d.csv, labels: d.csv }\ntraining: { epochs: 2, optimizer: { kind: lbfgs } }\n",
        ["images"] = "version: 1\nmodel: { kind: cnn, channels: [4], hidden: [3] }\ndata: { format: images, path: d.csv, height: 8, width: 9, channels: 1 }\ntraining: { epochs: 2 }\n",
        ["libsvm"] = "version: 1\nmodel: { kind: logistic }\ndata: { format: libsvm, path: d.csv }\ntraining: { epochs: 2, optimizer: { kind: momentum }, schedule: { kind: step } }\n",
        ["transformer"] = "version: 1\nmodel: { kind: transformer }\ndata: { format: text, path: d.csv }\ntraining: { epochs: 2 }\n",
        ["steps"] = "version: 1\nmodel: { kind: transformer }\ndata: { format: text, path: d.csv, windows: random, validation: { fraction: 0.1, from: end } }\n"
            + "training: { steps: 200, microBatch: 4, train: [\"blocks.*\"], evaluation: { every: 50, batches: 10 }, schedule: { kind: step, every: 50 } }\n",
        ["bpe"] = "version: 1\nmodel: { kind: transformer, dropout: 0 }\ndata: { format: text, path: d.csv, tokens: bpe, encoding: o200k-base }\ntraining: { epochs: 2, batch: all, optimizer: { kind: lbfgs } }\n",
        ["words"] = "version: 1\nmodel: { kind: skip-gram, negatives: 3 }\ndata: { format: text, path: d.csv, tokens: word, minCount: 1 }\ntraining: { epochs: 2, optimizer: { kind: adam } }\n",
    };

    private readonly string _folder = Directory.CreateTempSubdirectory("granary-test-").FullName;

    public SchemaTests() => File.WriteAllText(Path.Combine(_folder, "d.csv"), "a,y\n1,x\n");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    public static TheoryData<string> Names => [.. Files.Keys];

    public static TheoryData<string> JobFiles => [.. new[] { "examples", "samples/OwnModel" }.SelectMany(f => Directory.GetFiles(Path.Combine(Repository.Root, f), "*.yaml"))
        .Select(f => Path.GetRelativePath(Repository.Root, f))];

    [Theory]
    [MemberData(nameof(JobFiles))]
    public void Examples_are_accepted_and_name_the_schema(string file)
    {
        var path = Path.Combine(Repository.Root, file);
        var text = File.ReadAllText(path);
        Assert.Null(Schema.Refusal(text));
        var line = Regex.Match(text, @"^# yaml-language-server: \$schema=(\S+)\n");
        Assert.Equal(Path.Combine(Repository.Root, "docs/reference/job.schema.json"), Path.GetFullPath(Path.Combine(Path.GetDirectoryName(path)!, line.Groups[1].Value)));
    }

    [Fact]
    public void Job_files_within_tests_are_taken_by_both_or_by_neither()
    {
        string[] texts = [.. Directory.GetFiles(Path.Combine(Repository.Root, "tests"), "*.cs", SearchOption.AllDirectories).Select(File.ReadAllText).SelectMany(JobTexts)];
        Assert.InRange(texts.Length, 10, 1000);
        Assert.All(texts, text =>
        {
            foreach (var path in NamedPath().Matches(text).Select(m => Path.Combine(_folder, m.Groups[1].Value)).Where(p => !Path.Exists(p)))
            {
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                File.WriteAllText(path, "");
            }

            var message = Reader(text);
            Assert.True(message is null == Schema.Refusal(text) is null || ReaderAlone.Any((message ?? "").Contains), $"{text}\n{message}\n{Schema.Refusal(text)}");
        });
    }

    // Texts that are put together are left out.
    private static IEnumerable<string> JobTexts(string source) => Raw().Matches(source).Select(m => m.Groups[1].Value).Select(Dedented)
        .Concat(Plain().Matches(source).Select(m => Regex.Unescape(m.Groups[1].Value)))
        .Where(t => t.StartsWith("version: 1\n", StringComparison.Ordinal) && t.Contains("\nmodel:") && t.Contains("\ndata:") && t.Contains("\ntraining:"));

    private static string Dedented(string raw)
    {
        var lines = raw.Split('\n')[1..];
        var indent = lines[^1].Length;
        return string.Join('\n', lines[..^1].Select(l => l.Length > indent ? l[indent..] : "")) + "\n";
    }

    [GeneratedRegex("(?<![$\"])\"\"\"(\n.*?\n *)\"\"\"", RegexOptions.Singleline)]
    private static partial Regex Raw();

    [GeneratedRegex("(?<![$\"@])\"(version: 1\\\\n(?:[^\"\\\\]|\\\\.)*)\"(?! *\\+|;?\\s*\\+)")]
    private static partial Regex Plain();

    [GeneratedRegex(@"\b(?:path|labels|vocab|merges|vocabulary|init): *['""]?([a-z][\w./-]*)")]
    private static partial Regex NamedPath();

    [Theory]
    [MemberData(nameof(Names))]
    public void Any_value_of_any_key_is_taken_by_both_or_by_neither(string name)
    {
        Assert.Null(Schema.Refusal(Files[name]));
        var differences = new List<string>();
        var refused = 0;
        foreach (var path in JobKeys.File.All.Select(e => e.Path).Append("extra").Append("model.extra").Append("training.optimizer.extra"))
        {
            foreach (var value in Values)
            {
                var message = Reader(Files[name], $"{path}={value}");
                if ((message is not null && ReaderAlone.Any(message.Contains)) || (value == "true" && path is ("model.kind" or "data.format" or "training.optimizer.kind"))) // a kind may be called true, which editors take for no text
                {
                    continue;
                }

                refused += message is null ? 0 : 1;
                var root = YamlText.Mapping(Files[name], "job.yaml");
                Override.Apply(root, $"{path}={value}", new YamlSource("job.yaml"));
                if (message is null != Schema.Accepts(root))
                {
                    differences.Add($"{path}={value}: the reader says {message ?? "yes"}, the schema {Schema.Refusal(root) ?? "yes"}");
                }
            }
        }

        Assert.InRange(refused, 1000, 10_000);
        Assert.True(differences.Count == 0, string.Join('\n', differences));
    }

    [Fact]
    public void Mistakes_that_the_reader_tells_are_marked_by_the_schema()
    {
        var cases = typeof(JobFileTests).GetMethod(nameof(JobFileTests.Mistakes_get_one_message))!.GetCustomAttributes<InlineDataAttribute>().Select(a => a.Data).ToArray();
        var good = (string)typeof(JobFileTests).GetField("Good", BindingFlags.NonPublic | BindingFlags.Static)!.GetValue(null)!;
        var marked = 0;
        foreach (var (part, mistake) in cases.Select(c => ((string)c[0]!, (string)c[1]!)))
        {
            var text = good.Replace(part, mistake, StringComparison.Ordinal).Replace("label: label", "label: label", StringComparison.Ordinal);
            var message = Reader(text);
            if (message is null || ReaderAlone.Any(message.Contains) || message.Contains("is no name") || message.Contains("several documents"))
            {
                continue;
            }

            marked++;
            Assert.True(Schema.Refusal(text) is not null, $"{mistake}: the reader says {message}, the schema yes");
        }

        Assert.InRange(marked, 50, cases.Length);
    }

    [Fact]
    public void What_Granary_writes_is_accepted() => JobWriterTests.Jobs("/tmp/d.csv").Sample(job => Assert.Null(Schema.Refusal(JobFile.Write(job))), iter: 500);

    private string? Reader(string text, params string[] overrides)
    {
        try
        {
            JobFile.Parse(text, "job.yaml", _folder, overrides, _folder, anyKind: true);
            return null;
        }
        catch (JobException e)
        {
            return e.Message;
        }
    }
}
