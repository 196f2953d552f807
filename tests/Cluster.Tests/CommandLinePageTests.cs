using System.CommandLine;
using System.CommandLine.Help;
using System.Reflection;
using System.Text.RegularExpressions;

namespace Granary.Cluster.Tests;

/// <summary>docs/reference/command-line.md is written by a script; it must have every command that there is, with every option.</summary>
public class CommandLinePageTests
{
    private const string Again = "Run docs/tools/command_line.py.";

    private static readonly string Root = Path.Combine(CommandLine.Examples, "..");

    private static readonly string[] Sections = File.ReadAllText(Path.Combine(Root, "docs/reference/command-line.md")).Split("\n### granary ");

    // What granary silo --help shows is the silo program's own.
    private const string Silo = "silo";

    public static TheoryData<string> Names => [.. Commands().Select(c => c.Name).Where(n => n != Silo)];

    // Those that have others below them are no commands of their own.
    private static IEnumerable<(string Name, Command Command)> Commands() => Created().SelectMany(c => Leaves(c.Name, c));

    private static IEnumerable<(string Name, Command Command)> Leaves(string name, Command command) =>
        command.Subcommands.Count == 0 ? [(name, command)] : command.Subcommands.SelectMany(c => Leaves($"{name} {c.Name}", c));

    private static IEnumerable<Command> Created() => typeof(Granary.Client.ExitCode).Assembly.GetTypes()
        .Where(t => t.Namespace == "Granary.Client.Commands" && t.Name.EndsWith("Command", StringComparison.Ordinal))
        .Select(t => t.GetMethod("Create", BindingFlags.Public | BindingFlags.Static)?.Invoke(null, null)).OfType<Command>().Where(c => !c.Hidden);

    [Fact]
    public void Every_command_has_a_section_and_no_other_has() =>
        Assert.Equal(Commands().Select(c => c.Name).Order(), Sections.Skip(1).Select(s => s.Split('\n')[0]).Order());

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_argument_and_option_is_there_with_its_description(string name)
    {
        var command = Commands().Single(c => c.Name == name).Command;
        var section = Sections.SingleOrDefault(s => s.StartsWith(name + "\n", StringComparison.Ordinal));
        Assert.True(section is not null, $"granary {name} is not there. {Again}");
        Option[] options = [.. command.Options.Where(o => !o.Hidden && o is not HelpOption)];
        Assert.All(options, o => Holds($"| `{o.Name}"));
        Assert.All([command.Description!, .. options.Select(o => o.Description!), .. command.Arguments.Select(a => a.Description!)], text => Holds(Cell(text)));

        void Holds(string text) =>
            Assert.True(section.Contains(text, StringComparison.Ordinal), $"granary {name}: '{text}' is not there. {Again}");
    }

    // A default has a column of its own.
    private static string Cell(string text) => Regex.Replace(text, @" \[default: .*\]$", "")
        .Replace("|", "\\|", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal);

    [Fact]
    public void Every_option_of_a_silo_is_there()
    {
        var source = File.ReadAllText(Path.Combine(Root, "src/Silo/Commands/SiloCommand.cs"));
        var section = Sections.Single(s => s.StartsWith(Silo + "\n", StringComparison.Ordinal));
        var options = Regex.Matches(source, "\"(--[a-z-]+)\"").Select(m => m.Groups[1].Value).ToArray();
        Assert.NotEmpty(options);
        Assert.All(options, o => Assert.Contains($"| `{o}", section));
    }
}
