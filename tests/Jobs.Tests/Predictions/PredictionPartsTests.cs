using System.Text;

namespace Granary.Jobs.Tests.Predictions;

/// <summary>The folder of finished parts: who may use it, which parts count, and that nothing damaged gets into an output.</summary>
public sealed class PredictionPartsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string Output => Path.Combine(_folder, "out.csv");

    private string Parts => PredictionParts.FolderOf(Output);

    private string Write(string name, string text)
    {
        File.WriteAllText(Path.Combine(_folder, name), text);
        return Path.Combine(_folder, name);
    }

    private PredictionTask Prediction(bool isJson = false, string input = "in.csv") => PredictionTask.Of(
        Path.Combine(_folder, "model.safetensors"), [Path.Combine(_folder, input)], isJson, explain: false);

    private FinishedPart Finish(int part, string text, bool isLast = false) => new PredictionParts(Parts).Write(part, output =>
    {
        output.Write(Encoding.UTF8.GetBytes(text));
        return new FinishedPart(part, 1, isLast, [], []);
    });

    private void Begin()
    {
        Write("model.safetensors", "weights");
        Write("in.csv", "a\n1\n");
        new PredictionParts(Parts).Claim(Prediction()).Dispose();
    }

    private string Refusal(PredictionTask task) => Assert.Throws<JobException>(() => new PredictionParts(Parts).Claim(task)).Message;

    [Fact]
    public void Parts_are_kept_and_joined_in_their_order()
    {
        Begin();
        Finish(1, "b\n");
        Finish(0, "a\n");
        var parts = new PredictionParts(Parts);
        using (parts.Claim(Prediction()))
        {
            using var output = new MemoryStream();
            parts.Join(parts.Finished(), output);
            Assert.Equal("a\nb\n", Encoding.UTF8.GetString(output.ToArray()));
        }

        parts.Remove();
        Assert.False(Directory.Exists(Parts));
    }

    // A folder in use is one that another command holds; any other trouble has its own name.
    [Fact]
    public void A_lock_that_cannot_be_made_is_no_other_command()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "links take rights there");
        Begin();
        using (new PredictionParts(Parts).Claim(Prediction()))
        {
            Assert.Contains("another command is writing these predictions", Refusal(Prediction()), StringComparison.Ordinal);
        }

        var held = Path.Combine(Parts, "lock");
        File.Delete(held);
        File.CreateSymbolicLink(held, held);
        var refusal = Refusal(Prediction());
        Assert.StartsWith($"{Parts}: the folder of finished parts cannot be made: ", refusal, StringComparison.Ordinal);
    }

    [Fact]
    public void A_part_that_was_being_written_does_not_count()
    {
        Begin();
        Finish(0, "a\n");
        Assert.Throws<JobException>(() => new PredictionParts(Parts).Write(1, _ => throw new JobException("a bad cell")));
        File.WriteAllText(Path.Combine(Parts, "000002.part"), "c\n"); // killed before it was told of
        File.WriteAllText(Path.Combine(Parts, "000003.part.json"), "{\"part\": 3, ");
        Assert.Equal([0], new PredictionParts(Parts).Finished().Select(p => p.Part));
    }

    [Fact]
    public void Parts_of_files_that_have_changed_go()
    {
        Begin();
        Finish(0, "a\n");
        Write("in.csv", "a\n1\n2\n");
        var parts = new PredictionParts(Parts);
        using (parts.Claim(Prediction()))
        {
            Assert.Empty(parts.Finished());
        }

        Finish(0, "a\n");
        Write("model.safetensors", "Weights");
        using (parts.Claim(Prediction()))
        {
            Assert.Empty(parts.Finished());
        }
    }

    [Fact]
    public void Parts_of_another_prediction_are_left_alone()
    {
        Begin();
        Finish(0, "a\n");
        Write("other.csv", "a\n1\n");
        Assert.Contains("it holds parts of another prediction", Refusal(Prediction(input: "other.csv")));
        Assert.Contains("written otherwise: remove the folder, or name another output.", Refusal(Prediction(isJson: true)));
        Assert.Single(new PredictionParts(Parts).Finished());
    }

    [Fact]
    public void A_folder_of_something_else_is_refused()
    {
        Write("model.safetensors", "weights");
        Write("in.csv", "a\n1\n");
        Directory.CreateDirectory(Parts);
        File.WriteAllText(Path.Combine(Parts, "mine.txt"), "mine");
        Assert.Contains("this is no folder of unfinished predictions: name another output.", Refusal(Prediction()));
        Assert.Equal("mine", File.ReadAllText(Path.Combine(Parts, "mine.txt")));
    }

    [Fact]
    public void Two_commands_do_not_write_one_output()
    {
        Begin();
        using (new PredictionParts(Parts).Claim(Prediction()))
        {
            Assert.Contains("another command is writing these predictions", Refusal(Prediction()));
        }

        new PredictionParts(Parts).Claim(Prediction()).Dispose();
    }

    [Fact]
    public void A_part_that_is_not_what_was_written_is_told_and_done_again()
    {
        Begin();
        Finish(0, "a\n");
        Finish(1, "b\n");
        File.WriteAllText(Path.Combine(Parts, "000001.part"), "B\n");
        var parts = new PredictionParts(Parts);
        Assert.Contains("it is not what was written", Assert.Throws<JobException>(() => parts.Join(parts.Finished(), Stream.Null)).Message);
        Assert.Equal([0], parts.Finished().Select(p => p.Part));
        File.AppendAllText(Path.Combine(Parts, "000000.part"), "x");
        Assert.Empty(parts.Finished());
    }

    [Fact]
    public void Unseen_categories_add_up_by_column() => Assert.Equal(
        [new UnseenCategories("b", 5, "x"), new UnseenCategories("a", 1, "z")],
        UnseenCategories.Sum([new("b", 2, "x"), new("a", 1, "z"), new("b", 3, "y")]));
}
