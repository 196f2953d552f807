using System.Text;
using Granary.Model.Files;
using Granary.Model.Generation;

namespace Granary.Inference;

/// <summary>A trained transformer in this process: lets a text go on. Not for use by several threads at once.</summary>
public sealed class Generator : IDisposable
{
    // Of one token: a vocabulary's longest, and what was held back.
    private const int MostCharacters = 4096;

    private readonly TrainedModel _model;
    private readonly Model.Generation.Generator _generator;

    private Generator(TrainedModel model) => (_model, _generator) = (model, new Model.Generation.Generator(model));

    /// <summary>Reads a model.</summary>
    /// <param name="path">A model.safetensors, or the output folder of a job.</param>
    /// <returns>The model, ready.</returns>
    /// <exception cref="ModelRefusedException">It is damaged, or none that makes text.</exception>
    public static Generator Load(string path) => ModelRefusedException.Wrap(() => new Generator(TrainedModel.Load(path)));

    /// <summary>The same without holding up the caller.</summary>
    /// <param name="path">A model.safetensors, or the output folder of a job.</param>
    /// <param name="cancellationToken">Gives up, unless the reading has begun.</param>
    /// <returns>The model, ready.</returns>
    /// <exception cref="ModelRefusedException">It is damaged, or none that makes text.</exception>
    public static Task<Generator> LoadAsync(string path, CancellationToken cancellationToken = default) => Task.Run(() => Load(path), cancellationToken);

    /// <summary>Lets a text go on, token by token. The text depends on the model, the prompt and the options alone.</summary>
    /// <param name="prompt">What it goes on from, at least one character.</param>
    /// <param name="options">How; the usual if left out.</param>
    /// <returns>What comes after the prompt, a piece at a time, made as it is asked for.</returns>
    /// <exception cref="ModelRefusedException">The prompt has a character that the model has never seen.</exception>
    /// <exception cref="ArgumentException">The prompt is empty, or an option is none that can be.</exception>
    public IEnumerable<string> Generate(string prompt, GenerationOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(prompt);
        var told = options ?? new GenerationOptions();
        ArgumentOutOfRangeException.ThrowIfLessThan(told.Tokens, 1, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThan(told.TopK, 0, nameof(options));
        var sampler = ModelRefusedException.Wrap(() => new Sampler(told.Temperature, told.TopK));
        return ModelRefusedException.Wrap(() =>
        {
            var vocabulary = new Vocabulary(_model);
            var start = vocabulary.Encode(prompt);
            return Pieces(vocabulary, _generator.Continue(start, sampler, told.Seed).Take(told.Tokens));
        });
    }

    /// <inheritdoc/>
    public void Dispose() => _generator.Dispose();

    // A character may lie in several tokens.
    private static IEnumerable<string> Pieces(Vocabulary vocabulary, IEnumerable<int> tokens)
    {
        var (decoder, buffer) = (Encoding.UTF8.GetDecoder(), new char[MostCharacters]);
        foreach (var token in tokens)
        {
            var length = decoder.GetChars(vocabulary.Decode(token), buffer, flush: false);
            if (length > 0)
            {
                yield return new string(buffer, 0, length);
            }
        }
    }
}
