using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Granary.Model.Files;
using Granary.Model.Prediction;

namespace Granary.Silo.Commands;

/// <summary><c>neighbours MODEL WORD --count K [--json]</c></summary>
internal static class NeighboursCommand
{
    public static Command Create()
    {
        var (model, word, count, json) = (CommandParts.Model(), CommandParts.Required<string>("--word"), CommandParts.Required<int>("--count"), new Option<bool>("--json"));
        return new Command("neighbours", "The words near a word.") { model, word, count, json }.Does(result =>
        {
            var near = Neighbourhood.Of(TrainedModel.Load(result.GetValue(model)!), result.GetValue(word)!, result.GetValue(count));
            if (result.GetValue(json))
            {
                var document = new { word = result.GetValue(word), neighbours = near.Select(n => new { word = n.Word, dotProduct = n.DotProduct }) };
                Console.Out.WriteLine(JsonSerializer.Serialize(document, JsonSerializerOptions.Web));
                return;
            }

            var width = near.Select(n => n.Word.Length).DefaultIfEmpty(0).Max();
            foreach (var (name, product) in near)
            {
                Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name.PadRight(width)}  {product,8:0.0000}"));
            }
        });
    }
}
