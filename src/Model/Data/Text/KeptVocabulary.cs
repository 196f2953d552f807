using System.Security.Cryptography;
using System.Text;
using Granary.Jobs;
using Granary.Model.Files;

namespace Granary.Model.Data;

/// <summary>The vocabulary of a saved model that a job keeps (data.vocabulary), so that every token means what it meant to the model.</summary>
internal sealed class KeptVocabulary
{
    private readonly HashSet<string> _known;
    private readonly string _path;

    private KeptVocabulary(string path, IReadOnlyList<string> names)
    {
        (_path, Names, _known) = (path, names, names.ToHashSet(StringComparer.Ordinal));
        Runes = names.Select(n => n.EnumerateRunes().First().Value).ToHashSet();
    }

    /// <summary>Its tokens, in the model's order.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>Their first characters: of a vocabulary of characters the tokens themselves.</summary>
    public IReadOnlySet<int> Runes { get; }

    /// <summary>SHA-256 of the names.</summary>
    public string Digest => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\0', Names))));

    /// <summary>Whether a word has a place: its own, or that of words which are unknown.</summary>
    public bool Takes(string word) => _known.Contains(word) || _known.Contains(WordVocabulary.Unknown);

    /// <summary>Reads it; null where the job keeps none.</summary>
    /// <exception cref="JobException">The file is no model, or one of other tokens.</exception>
    public static KeptVocabulary? Read(DataSection data)
    {
        if (data.Vocabulary is not { } path)
        {
            return null;
        }

        try
        {
            using var file = SafetensorsFile.Open(path);
            var saved = SavedMetadata.Read(file);
            return !saved.Data.IsText
                    ? throw new JobException($"{path}: this model was trained on {saved.Data.Format} and has no vocabulary. Name a model of a text.")
                : saved.Data.Tokens != data.Tokens
                    ? throw new JobException($"{path}: this model's tokens are of kind {Kebab.Name(saved.Data.Tokens)}, and this job's of kind {Kebab.Name(data.Tokens)}. "
                        + $"Set data.tokens to {Kebab.Name(saved.Data.Tokens)}, or name another model.")
                : new KeptVocabulary(path, saved.Facts.Classes);
        }
        catch (JobException e)
        {
            throw new JobException($"data.vocabulary: {e.Message}");
        }
    }

    /// <summary>What to say of a token that has no place.</summary>
    /// <param name="file">The text.</param>
    /// <param name="what">"character 'é' (U+00E9)".</param>
    /// <param name="offset">Where it begins, in bytes.</param>
    public JobException Refuse(string file, string what, long offset) => new(
        $"{Path.GetFileName(file)}: the {what} at byte {offset} is not in the vocabulary of {_path} (data.vocabulary), which has {Names.Count} tokens. "
        + "Take it out of the text, or leave data.vocabulary out: with model.init, tokens that the model knows still start from it, and others afresh.");
}
