using System.IO.Compression;
using System.Text;
using Granary.Jobs;
using Granary.Model.Data;

namespace Granary.Model.Tests.Data;

/// <summary>A folder of source files that a test has written, and jobs over them.</summary>
internal sealed class DataFolder : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    public string this[string name] => Path.Combine(_folder, name);

    public string Write(string name, string text) => Write(name, Encoding.UTF8.GetBytes(text));

    public string Write(string name, byte[] bytes)
    {
        if (name.EndsWith(".gz", StringComparison.Ordinal))
        {
            using var packed = new MemoryStream();
            using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
            {
                gzip.Write(bytes);
            }

            bytes = packed.ToArray();
        }

        File.WriteAllBytes(this[name], bytes);
        return this[name];
    }

    public static Job Job(DataSection data, TrainingSection? training = null) => new(
        1,
        "j",
        new ModelSection { Kind = data.Format == "text" ? "transformer" : "softmax", Context = 4, Precision = Precision.Float64 },
        data,
        training ?? new TrainingSection { Epochs = 1, Batch = 1, Seed = 5 });

    /// <summary>The one message that reading a job's data ends with.</summary>
    public static string Error(DataSection data, TrainingSection? training = null)
    {
        var message = Assert.Throws<JobException>(() => DataCheck.Run(Job(data, training), 2)).Message;
        Assert.DoesNotContain('\n', message);
        return message;
    }

    /// <summary>Every training example of every shard as (features, class name), in no particular order.</summary>
    public static IReadOnlyList<(double[] X, string Y)> Union(Job job)
    {
        var (facts, _) = DataCheck.Run(job, 2);
        var all = new List<(double[], string)>();
        for (var v = 0; v < job.Data.Shards; v++)
        {
            using var examples = ShardData.Read(job, v).Prepare(facts);
            if (examples.TrainingRows == 0)
            {
                continue;
            }

            var batch = examples.Training(0, 0, examples.TrainingRows);
            var (x, y) = (batch.Inputs.data<double>().ToArray(), batch.Targets.data<long>().ToArray());
            all.AddRange(x.Chunk(facts.Shape.Features).Zip(y, (row, label) => (row, facts.Classes[(int)label])));
        }

        return all;
    }

    /// <summary>The examples as lines of text, sorted: for comparing sets of them.</summary>
    public static string[] Lines(IEnumerable<(double[] X, string Y)> examples) =>
        [.. examples.Select(e => FormattableString.Invariant($"{string.Join(' ', e.X.Select(x => x.ToString("R", null)))} {e.Y}")).Order(StringComparer.Ordinal)];
}
