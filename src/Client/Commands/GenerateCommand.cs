using System.CommandLine;
using System.Globalization;
using Granary.Client.Local;

namespace Granary.Client.Commands;

/// <summary><c>granary generate MODEL --prompt TEXT ...</c></summary>
internal static class GenerateCommand
{
    public static Command Create()
    {
        var model = CommandParts.Model();
        var prompt = new Option<string>("--prompt") { Description = "The text to go on from.", Required = true };
        var temperature = new Option<double>("--temperature") { Description = "0: always the likeliest token; above 1: wilder.", DefaultValueFactory = _ => 1 };
        var topK = new Option<int>("--top-k") { Description = "Choose among the k likeliest tokens; 0: all.", DefaultValueFactory = _ => 0 };
        var seed = new Option<long>("--seed") { Description = "The same seed gives the same text.", DefaultValueFactory = _ => 1 };
        var tokens = new Option<int>("--tokens") { Description = "Tokens to make.", DefaultValueFactory = _ => 200 };
        return new Command("generate", "Lets a transformer go on from a text.") { model, prompt, temperature, topK, seed, tokens }.Does((result, cancellation) =>
        {
            if (result.GetValue(prompt)!.Length == 0)
            {
                throw new UserException(ExitCode.Usage, "--prompt is empty: the model needs at least one character to go on from.");
            }

            if (result.GetValue(tokens) < 1)
            {
                throw new UserException(ExitCode.Usage, $"--tokens is {result.GetValue(tokens)}, but must be at least 1.");
            }

            FormattableString[] options =
            [
                $"--prompt={result.GetValue(prompt)}", $"--temperature={result.GetValue(temperature)}", $"--top-k={result.GetValue(topK)}",
                $"--seed={result.GetValue(seed)}", $"--tokens={result.GetValue(tokens)}",
            ];
            return SiloProgram.Run(["generate", result.GetValue(model)!, .. options.Select(o => o.ToString(CultureInfo.InvariantCulture))], cancellation);
        });
    }
}
