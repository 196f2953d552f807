using System.CommandLine;
using Granary.Jobs;
using Granary.Model.Files;
using Granary.Model.Generation;

namespace Granary.Silo.Commands;

/// <summary><c>generate MODEL --prompt TEXT ...</c>: the prompt and what the model makes of it, as it comes.</summary>
internal static class GenerateCommand
{
    public static Command Create()
    {
        var (model, prompt) = (CommandParts.Model(), CommandParts.Required<string>("--prompt"));
        var (temperature, topK) = (CommandParts.Required<double>("--temperature"), CommandParts.Required<int>("--top-k"));
        var (seed, tokens) = (CommandParts.Required<long>("--seed"), CommandParts.Required<int>("--tokens"));
        return new Command("generate", "Goes on from a text.") { model, prompt, temperature, topK, seed, tokens }.Does(result =>
        {
            var sampler = new Sampler(result.GetValue(temperature), result.GetValue(topK));
            var trained = TrainedModel.Load(result.GetValue(model)!);
            using var generator = new Generator(trained);
            var vocabulary = new Vocabulary(trained);
            var start = vocabulary.Encode(result.GetValue(prompt)!);
            using var output = OutputFile.StandardOutput();
            foreach (var token in start.Concat(generator.Continue(start, sampler, result.GetValue(seed)).Take(result.GetValue(tokens))))
            {
                output.Write(vocabulary.Decode(token)); // unbuffered: a reader sees each token as it is made
            }

            output.Write("\n"u8);
        });
    }
}
