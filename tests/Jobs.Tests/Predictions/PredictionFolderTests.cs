using System.Text;

namespace Granary.Jobs.Tests.Predictions;

/// <summary>The folder of finished parts: who may use it, which parts count, and that nothing damaged gets into an output.</summary>
public sealed class PredictionFolderTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string Output => Path.Combine(_folder, "out.csv");

    private string Folder => PredictionFolder.Of(Output);

    private string Write(string name, string text)
    {
        File.WriteAllText(Path.Combine(_folder, name), text);
        return Path.Combine(_folder, name);
    }

    private PredictionTask Prediction(bool isJson = false, string input = "in.csv") => PredictionTask.Of(
        Path.Combine(_folder, "model.safetensors"), [Path.Combine(_folder, input)], isJson, explain: false);

    private PredictionFolder Claim(PredictionTask? task = null) => PredictionFolder.Claim(Output, task ?? Prediction());

    // As a silo writes them, which has no lock.
    private static FinishedPart Finish(PredictionParts parts, int part, string text, bool isLast = false) => parts.Write(part, output =>
    {
        output.Write(Encoding.UTF8.GetBytes(text));
        return new FinishedPart(part, 1, isLast, [], []);
    });

    private PredictionParts Begin()
    {
        Write("model.safetensors", "weights");
        Write("in.csv", "a\n1\n");
        using var folder = Claim();
        return folder.Parts;
    }

    private string Refusal(PredictionTask task) => Assert.Throws<JobException>(() => Claim(task)).Message;

    [Fact]
    public void Parts_are_kept_and_joined_in_their_order()
    {
        var before = Begin();
        Finish(before, 1, "b\n");
        Finish(before, 0, "a\n");
        using (var folder = Claim())
        {
            using var output = new MemoryStream();
            folder.Parts.Join(folder.Parts.Finished(), output);
            Assert.Equal("a\nb\n", Encoding.UTF8.GetString(output.ToArray()));
            folder.Remove();
        }

        Assert.False(Directory.Exists(Folder));
    }

    // A folder in use is one that another command holds; any other trouble has its own name.
    [Fact]
    public void A_lock_that_cannot_be_made_is_no_other_command()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "links take rights there");
        Begin();
        using (Claim())
        {
            Assert.Contains("another command is writing these predictions", Refusal(Prediction()), StringComparison.Ordinal);
        }

        var held = Path.Combine(Folder, "lock");
        File.Delete(held);
        File.CreateSymbolicLink(held, held);
        var refusal = Refusal(Prediction());
        Assert.StartsWith($"{Folder}: the folder of finished parts cannot be made: ", refusal, StringComparison.Ordinal);
    }

    [Fact]
    public void A_part_that_was_being_written_does_not_count()
    {
        var parts = Begin();
        Finish(parts, 0, "a\n");
        Assert.Throws<JobException>(() => parts.Write(1, _ => throw new JobException("a bad cell")));
        File.WriteAllText(Path.Combine(parts.Folder, "000002.part"), "c\n"); // killed before it was told of
        File.WriteAllText(Path.Combine(parts.Folder, "000003.part.json"), "{\"part\": 3, ");
        Assert.Equal([0], parts.Finished().Select(p => p.Part));
    }

    [Fact]
    public void Parts_of_files_that_have_changed_go()
    {
        Finish(Begin(), 0, "a\n");
        Write("in.csv", "a\n1\n2\n");
        using (var folder = Claim())
        {
            Assert.Empty(folder.Parts.Finished());
            Finish(folder.Parts, 0, "a\n");
        }

        Write("model.safetensors", "Weights");
        using (var folder = Claim())
        {
            Assert.Empty(folder.Parts.Finished());
        }
    }

    // A silo that works on for a command that was killed.
    [Fact]
    public void What_is_written_of_files_that_have_changed_since_gets_nowhere()
    {
        var before = Begin();
        Write("in.csv", "a\n1\n2\n");
        using var folder = Claim();
        Assert.Throws<JobException>(() => Finish(before, 0, "old\n"));
        Assert.Empty(folder.Parts.Finished());
    }

    [Fact]
    public void Parts_of_another_prediction_are_left_alone()
    {
        var parts = Begin();
        Finish(parts, 0, "a\n");
        Write("other.csv", "a\n1\n");
        Assert.Contains("it holds parts of another prediction", Refusal(Prediction(input: "other.csv")));
        Assert.Contains("written otherwise: remove the folder, or name another output.", Refusal(Prediction(isJson: true)));
        Assert.Single(parts.Finished());
    }

    [Fact]
    public void A_folder_of_something_else_is_refused()
    {
        Write("model.safetensors", "weights");
        Write("in.csv", "a\n1\n");
        Directory.CreateDirectory(Folder);
        File.WriteAllText(Path.Combine(Folder, "mine.txt"), "mine");
        Assert.Contains("this is no folder of unfinished predictions: name another output.", Refusal(Prediction()));
        Assert.Equal("mine", File.ReadAllText(Path.Combine(Folder, "mine.txt")));
    }

    [Fact]
    public void Two_commands_do_not_write_one_output()
    {
        Begin();
        using (Claim())
        {
            Assert.Contains("another command is writing these predictions", Refusal(Prediction()));
        }

        Claim().Dispose();
    }

    [Fact]
    public void A_part_that_is_not_what_was_written_is_told_and_done_again()
    {
        var parts = Begin();
        Finish(parts, 0, "a\n");
        Finish(parts, 1, "b\n");
        File.WriteAllText(Path.Combine(parts.Folder, "000001.part"), "B\n");
        Assert.Contains("it is not what was written", Assert.Throws<JobException>(() => parts.Join(parts.Finished(), Stream.Null)).Message);
        Assert.Equal([0], parts.Finished().Select(p => p.Part));
        File.AppendAllText(Path.Combine(parts.Folder, "000000.part"), "x");
        Assert.Empty(parts.Finished());
    }

    [Fact]
    public void Unseen_categories_add_up_by_column() => Assert.Equal(
        [new UnseenCategories("b", 5, "x"), new UnseenCategories("a", 1, "z")],
        UnseenCategories.Sum([new("b", 2, "x"), new("a", 1, "z"), new("b", 3, "y")]));
}
