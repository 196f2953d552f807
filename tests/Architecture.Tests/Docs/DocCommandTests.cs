using System.CommandLine;
using System.Text.RegularExpressions;
using Granary.Client.Commands;
using Granary.Jobs;

namespace Granary.Architecture.Tests.Docs;

/// <summary>What the docs tell to type can be typed: commands, options, keys of jobs and files are there.</summary>
public partial class DocCommandTests
{
    private static readonly DocCommand[] Commands = [.. DocCommand.All.Where(c => c.Told is not null)];

    // What a program reads of it, in the repository's root.
    private static ParseResult Parse(DocCommand command) => CommandTree.Create().Parse(SetPairs.Spread(command.Told!));

    [GeneratedRegex(@"^(bench|build|deploy|docs|examples|samples|src|tests)/[\w./*-]+$")]
    private static partial Regex InRepository();

    [GeneratedRegex("--[a-z][a-z-]*")]
    private static partial Regex OptionName();

    [Fact]
    public void Every_command_of_a_block_is_one_that_the_command_line_takes()
    {
        Assert.True(Commands.Length >= 50, $"there are {Commands.Length} commands, and were more than 50");
        Assert.All(Commands, c =>
        {
            var result = Parse(c);
            Assert.True(result.Errors.Count == 0, $"{c}\n{string.Join(' ', result.Errors.Select(e => e.Message))}");
        });
    }

    [Fact]
    public void Every_file_that_a_command_names_is_there() => Assert.All(DocCommand.All, c =>
    {
        foreach (var path in c.Words.Select(w => w[(w.IndexOf('=', StringComparison.Ordinal) + 1)..]).Where(w => InRepository().IsMatch(w) && !w.Contains("/bin/", StringComparison.Ordinal)))
        {
            Assert.True(Path.Exists(Path.Combine(Repository.Root, path)), $"{c}\n{path} is not there.");
        }
    });

    [Fact]
    public void Every_job_that_a_command_names_takes_the_keys_and_values_that_it_sets()
    {
        var read = 0;
        Assert.All(Commands, c =>
        {
            var result = Parse(c);
            var file = result.CommandResult.Command.Arguments.Any(a => a.Name == "job.yaml") ? result.GetValue<string>("job.yaml") : null;
            if (file is null || !File.Exists(Path.Combine(Repository.Root, file)) || IsElsewhere(file))
            {
                return;
            }

            // What another command of the page leaves behind is not there.
            var made = Commands.Where(o => o.Block.Page == c.Block.Page).Select(o => Regex.Match(o.Line, @"--output (\S+)").Groups[1].Value).Where(f => f.Length > 0).ToArray();
            var set = (Values(result, "--set") ?? []).Where(s => !made.Any(f => s.Contains($"={f}/", StringComparison.Ordinal))).ToArray();
            var over = Values(result, "--over");
            var grid = over is null ? null : SweepGrid.Parse(over);
            foreach (var more in grid is null ? [[]] : Enumerable.Range(0, grid.Points.Count).Select(grid.Overrides))
            {
                Assert.NotNull(JobFile.Load(Path.Combine(Repository.Root, file), [.. set, .. more], Repository.Root, anyKind: true));
                read++;
            }
        });
        Assert.True(read >= 25, $"only {read} jobs were read");
    }

    private static string[]? Values(ParseResult result, string option) =>
        result.CommandResult.Command.Options.Any(o => o.Name == option) ? result.GetValue<string[]>(option) : null;

    private static bool IsElsewhere(string job) =>
        Repository.Read(job).Contains("/usr/share/datasets", StringComparison.Ordinal) && !Directory.Exists("/usr/share/datasets/fashion-mnist");

    // "`granary up [--silos N] [--ui-port N]`": the values are places for values.
    [Fact]
    public void Every_command_in_a_text_exists_with_its_options()
    {
        var commands = CommandTree.Create().Subcommands.ToDictionary(c => c.Name);
        var silo = Repository.Read("docs/reference/command-line.md").Split("\n### granary silo\n")[1];
        var told = DocPages.Inline().Where(c => c.Code.StartsWith("granary ", StringComparison.Ordinal)).ToArray();
        Assert.True(told.Length >= 40, $"there are {told.Length}, and were more than 40");
        Assert.All(told, c =>
        {
            var words = c.Code.Split(' ');
            var name = words[1];
            Assert.True(commands.TryGetValue(name, out var command), $"{c.Page}: `{c.Code}`: there is no command {name}.");
            command = words.Length > 2 ? command.Subcommands.FirstOrDefault(s => words[2].Split('|').Contains(s.Name)) ?? command : command;
            Assert.All(OptionName().Matches(c.Code).Select(m => m.Value), option => Assert.True(
                option == "--help" || (name == "silo" ? silo.Contains($"`{option}", StringComparison.Ordinal) : command!.Options.Any(o => o.Name == option)),
                $"{c.Page}: `{c.Code}`: granary {name} has no {option}."));
        });
    }

    [Fact]
    public void Every_option_in_a_text_is_one_of_some_command_or_program()
    {
        var known = CommandTree.Create().Subcommands.SelectMany(c => c.Options).Select(o => o.Name)
            .Concat(OptionName().Matches(Repository.Read("docs/reference/command-line.md")).Select(m => m.Value)).ToHashSet();
        string[] others = ["--help", "--only", "--quick", "--logdir"]; // the bench's and TensorBoard's
        Assert.All(DocPages.Inline().Where(c => !c.Page.StartsWith("docs/decisions/", StringComparison.Ordinal) && c.Code.StartsWith("--", StringComparison.Ordinal)), c => Assert.All(
            OptionName().Matches(c.Code).Select(m => m.Value), o => Assert.True(known.Contains(o) || others.Contains(o), $"{c.Page}: `{c.Code}`: there is no option {o}.")));
    }

    [Fact]
    public void A_line_is_parted_as_a_shell_parts_it() => Assert.Equal(
        ["granary", "train", "a b.yaml", "--set", "x=[1,2]"], DocCommand.Split("granary train \"a b.yaml\" --set 'x=[1,2]'   # a comment"));
}
