using Granary.Jobs;
using Granary.Model.Data;
using static TorchSharp.torch;

namespace Granary.Model.Tests.Data;

/// <summary>Windows that start anywhere in what is trained on, and a held-out part that is the text's end.</summary>
public sealed class WindowTests : IDisposable
{
    private const int Context = 4;

    private readonly DataFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    // No five characters in a row are there twice, so that a window tells its place.
    private static readonly string Text = string.Concat(Enumerable.Range(0, 500).Select(i => (char)(0x100 + i)));

    private Job Job(int shards, TextWindows windows, ValidationSection? validation = null, int batch = 7, string? text = null) => DataFolder.Job(
        new DataSection { Format = "text", Path = _folder.Write("t.txt", text ?? Text), Shards = shards, Windows = windows, Validation = validation ?? new() },
        new TrainingSection { Steps = 100, Batch = batch, Seed = 5 });

    private static string[] Texts(Tensor tokens, DataFacts facts) =>
        [.. tokens.data<long>().ToArray().Chunk(Context).Select(w => string.Concat(w.Select(t => facts.Classes[(int)t])))];

    // All windows of an epoch, and all that are held out.
    private static (List<string> Trained, List<string> Held) Epoch(Job job, int epoch)
    {
        var (facts, _) = DataCheck.Run(job, 2);
        var batches = BatchPlan.Of(job, facts.TrainingRows);
        var (trained, held) = (new List<string>(), new List<string>());
        using var scope = NewDisposeScope();
        for (var v = 0; v < job.Data.Shards; v++)
        {
            using var examples = ShardData.Read(job, v).Prepare(facts);
            if (batches.RowsPerEpoch(v) is > 0 and var rows)
            {
                var batch = examples.Training(epoch, 0, (int)rows);
                trained.AddRange(Texts(batch.Inputs, facts));
                Assert.All(trained.TakeLast((int)rows).Zip(Texts(batch.Targets, facts)), w => Assert.Equal(w.First[1..], w.Second[..^1]));
            }

            if (examples.ValidationRows > 0)
            {
                held.AddRange(Texts(examples.Validation(0, examples.ValidationRows).Inputs, facts));
            }
        }

        return (trained, held);
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(3, 0)]
    [InlineData(1, 0.2)] // one run of each shard, anywhere
    [InlineData(3, 0.2)]
    public void Every_start_in_what_is_trained_on_is_drawn_as_often_as_any_other(int shards, double fraction)
    {
        var job = Job(shards, TextWindows.Random, new ValidationSection { Fraction = fraction });
        var counts = new Dictionary<string, int>();
        HashSet<string> held = [];
        const int Epochs = 200;
        var windows = 0;
        for (var epoch = 0; epoch < Epochs; epoch++)
        {
            var (trained, heldOut) = Epoch(job, epoch);
            held = [.. heldOut.SelectMany(w => w.Select(c => c.ToString()))];
            windows += trained.Count;
            Assert.Equal(0, trained.Count % 7); // whole batches
            trained.ForEach(w => counts[w] = counts.GetValueOrDefault(w) + 1);
        }

        Assert.All(counts.Keys, w =>
        {
            Assert.Contains(w, Text, StringComparison.Ordinal);
            Assert.DoesNotContain(w, c => held.Contains(c.ToString()));
        });

        // Chi-squared over the starts: its mean is their number, its deviation sqrt(2 n). Each shard's part is fixed, which only lowers it.
        var (starts, mean) = (counts.Count, (double)windows / counts.Count);
        var chi = counts.Values.Sum(c => (c - mean) * (c - mean) / mean);
        Assert.InRange(chi, starts - (6 * Math.Sqrt(2 * starts)), starts + (6 * Math.Sqrt(2 * starts)) + (shards * 40));
        var possible = fraction == 0 ? Text.Length - (shards * Context) : 0;
        Assert.True(fraction > 0 || starts == possible, $"{starts} of {possible}");
    }

    [Fact]
    public void A_window_depends_on_seed_epoch_shard_and_place_alone()
    {
        var job = Job(3, TextWindows.Random);
        var (facts, _) = DataCheck.Run(job, 2);
        using var scope = NewDisposeScope();
        using var examples = ShardData.Read(job, 1).Prepare(facts);
        var whole = Texts(examples.Training(4, 0, 20).Inputs, facts);
        Assert.Equal(whole[9..14], Texts(examples.Training(4, 9, 14).Inputs, facts));
        Assert.NotEqual(whole, Texts(examples.Training(5, 0, 20).Inputs, facts));
        using var again = ShardData.Read(job with { Training = job.Training with { Batch = 11 } }, 1).Prepare(facts);
        Assert.Equal(whole, Texts(again.Training(4, 0, 20).Inputs, facts));
        using var other = ShardData.Read(job with { Training = job.Training with { Seed = 6 } }, 1).Prepare(facts);
        Assert.NotEqual(whole, Texts(other.Training(4, 0, 20).Inputs, facts));
    }

    [Theory]
    [InlineData(1, TextWindows.Tiled)]
    [InlineData(3, TextWindows.Tiled)]
    [InlineData(8, TextWindows.Random)]
    public void The_end_of_a_text_is_held_heldOutwhatever_the_shards(int shards, TextWindows windows)
    {
        var text = Text.Replace((char)0x100, 'a'); // characters of one byte and of two
        var job = Job(shards, windows, new ValidationSection { Fraction = 0.2, From = HeldOutPlace.End }, text: text);
        var (trained, held) = Epoch(job, 0);
        var bytes = System.Text.Encoding.UTF8.GetByteCount(text);
        var cut = Enumerable.Range(0, text.Length).First(i => System.Text.Encoding.UTF8.GetByteCount(text[..i]) >= (int)(bytes * 0.8));
        Assert.NotEmpty(held);
        Assert.All(held, w => Assert.True(text.IndexOf(w, StringComparison.Ordinal) >= cut));
        Assert.All(trained, w => Assert.InRange(text.IndexOf(w, StringComparison.Ordinal), 0, cut - Context - 1));
        Assert.InRange(held.Count, ((text.Length - cut) / Context) - (2 * shards), (text.Length - cut) / Context);
        if (windows == TextWindows.Tiled)
        {
            Assert.InRange(trained.Distinct().Count(), (cut / Context) - (2 * shards), cut / Context);
        }
    }

    [Fact]
    public void A_fraction_that_leaves_no_window_at_the_end_is_refused() => Assert.Contains(
        "data.validation.fraction is 0.004, which holds out none of the",
        DataFolder.Error(Job(2, TextWindows.Tiled, new ValidationSection { Fraction = 0.004, From = HeldOutPlace.End }).Data));

    [Fact]
    public void The_ledger_of_windows_that_are_drawn_is_what_steps_gather()
    {
        var job = Job(3, TextWindows.Random);
        var (facts, _) = DataCheck.Run(job, 2);
        var batches = BatchPlan.Of(job, facts.TrainingRows);
        using var scope = NewDisposeScope();
        for (var v = 0; v < 3; v++)
        {
            var data = ShardData.Read(job, v);
            using var examples = data.Prepare(facts);
            var (rows, digest) = (0L, 0ul);
            for (var step = batches.StepsPerEpoch; step < batches.StepsPerEpoch + 5; step++)
            {
                var (first, end) = batches.Rows(step, v);
                if (end > first)
                {
                    var batch = examples.Training(1, first, end);
                    (rows, digest) = (rows + batch.Count, digest + batch.Digest);
                }
            }

            Assert.Equal((rows, digest), data.Ledger(facts, 1, batches.Rows(batches.StepsPerEpoch, batches.StepsPerEpoch + 5, v)));
            Assert.NotEqual((rows, digest), data.Ledger(facts, 2, batches.Rows(batches.StepsPerEpoch, batches.StepsPerEpoch + 5, v)));
        }
    }

    [Fact]
    public void Held_heldOutexamples_that_are_not_all_evaluated_are_the_same_ones_every_time()
    {
        var job = Job(1, TextWindows.Tiled, new ValidationSection { Fraction = 0.5, From = HeldOutPlace.End });
        var (facts, _) = DataCheck.Run(job, 2);
        using var scope = NewDisposeScope();
        using var examples = ShardData.Read(job, 0).Prepare(facts);
        var all = Texts(examples.Validation(0, examples.ValidationRows).Inputs, facts);
        var some = Texts(examples.Validation(0, 10, 10).Inputs, facts);
        Assert.Equal(Enumerable.Range(0, 10).Select(i => all[i * all.Length / 10]), some);
        Assert.Equal(some[3..8], Texts(examples.Validation(3, 8, 10).Inputs, facts));
        Assert.Equal(all, Texts(examples.Validation(0, all.Length, all.Length).Inputs, facts));
    }
}
