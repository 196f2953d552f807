using System.Text;
using Granary.Jobs;
using Granary.Model.Data;
using Granary.Model.Files;

namespace Granary.Model.Generation;

/// <summary>Text to tokens and back, as the model was trained. Tokens are decoded in the order in which they come.</summary>
public sealed class Vocabulary
{
    private const int Bytes = 256;

    private readonly string _model;
    private readonly byte[][] _tokens = [];
    private readonly Dictionary<Rune, int>? _ids;
    private readonly BytePairs? _pairs;
    private readonly TokenText? _text;

    /// <param name="model">A transformer.</param>
    /// <exception cref="JobException">Its byte-pair vocabulary is damaged, or is not the model's.</exception>
    public Vocabulary(TrainedModel model)
    {
        _model = model.Name;
        var classes = model.Facts.Classes;
        if (model.Data.Tokens == TokenKind.Bpe)
        {
            _pairs = BytePairs.Of(model.Data.Encoding, model.Vocabulary);
            _text = new TokenText(_pairs);
            if (_pairs.Count != model.Facts.Shape.Classes)
            {
                throw new JobException($"{model.Name}: the model has {model.Facts.Shape.Classes} tokens, but its vocabulary has {_pairs.Count}. "
                    + "Take a copy that is whole, or train again.");
            }
        }
        else if (model.Data.Tokens == TokenKind.Byte)
        {
            _tokens = [.. Enumerable.Range(0, Bytes).Select(b => new[] { (byte)b })];
        }
        else
        {
            _tokens = [.. classes.Select(Encoding.UTF8.GetBytes)];
            _ids = classes.Select((name, id) => (name, id)).ToDictionary(c => c.name.EnumerateRunes().First(), c => c.id);
        }
    }

    /// <summary>The tokens of a prompt.</summary>
    /// <exception cref="JobException">It is empty, or has a character that the model has never seen.</exception>
    public int[] Encode(string prompt)
    {
        if (prompt.Length == 0)
        {
            throw new JobException("--prompt is empty: the model needs at least one character to go on from.");
        }

        return _pairs is not null ? [.. _pairs.Encode(prompt, "--prompt")]
            : _ids is null ? [.. Encoding.UTF8.GetBytes(prompt).Select(b => (int)b)]
            : [.. prompt.EnumerateRunes().Select((rune, place) => _ids.TryGetValue(rune, out var id) ? id : throw Unknown(rune, place))];
    }

    /// <summary>The next token's bytes in UTF-8; of a byte model possibly a part of a character, of byte pairs see
    /// <see cref="TokenText"/>.</summary>
    public ReadOnlySpan<byte> Decode(int token) => _text is null ? _tokens[token] : _text.Next(token);

    private JobException Unknown(Rune rune, int place) => new(
        $"--prompt has '{rune}' (U+{rune.Value:X4}) as character {place + 1}, which {_model} has never seen: it knows {_tokens.Length} characters: "
        + string.Concat(_ids!.Keys.Where(k => !Rune.IsControl(k))));
}
