using System.CommandLine;
using System.Globalization;
using Granary.Client.Local;

namespace Granary.Client.Commands;

/// <summary><c>granary neighbours MODEL WORD [--count K]</c></summary>
internal static class NeighboursCommand
{
    public static Command Create()
    {
        var (model, json) = (CommandParts.Model(), CommandParts.Json());
        var word = new Argument<string>("word") { Description = "A word that the model was trained on." };
        var count = new Option<int>("--count") { Description = "How many words.", DefaultValueFactory = _ => 10 };
        return new Command("neighbours", "The words nearest to a word, by a skip-gram.") { model, word, count, json }.Does((result, cancellation) =>
        {
            if (result.GetValue(count) < 1)
            {
                throw new UserException(ExitCode.Usage, $"--count is {result.GetValue(count)}, but must be at least 1.");
            }

            string[] asked = ["neighbours", result.GetValue(model)!, $"--word={result.GetValue(word)}", string.Create(CultureInfo.InvariantCulture, $"--count={result.GetValue(count)}")];
            return SiloProgram.Run(result.GetValue(json) ? [.. asked, "--json"] : asked, cancellation);
        });
    }
}
