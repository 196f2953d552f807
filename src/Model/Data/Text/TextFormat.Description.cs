using Granary.Jobs;

namespace Granary.BuiltIn;

/// <summary>A text: windows of its tokens, or pairs of its words.</summary>
internal sealed class TextFormat : FormatDescription
{
    /// <inheritdoc/>
    public override string Format => "text";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Keys => ["tokens", "encoding", "vocab", "merges", "vocabulary", "minCount", "windows"];

    /// <inheritdoc/>
    public override bool HasLabels => false;

    /// <inheritdoc/>
    public override SourceBytes Bytes => SourceBytes.Text;

    /// <inheritdoc/>
    public override ExampleKind Examples(DataSection data) => data.Tokens is TokenKind.Word or TokenKind.Whitespace ? ExampleKind.Pairs : ExampleKind.Windows;

    /// <inheritdoc/>
    public override (string Key, string Message)? Broken(DataSection data) =>
        data.Tokens != TokenKind.Bpe ? null
        : (data.Vocab is null) != (data.Merges is null)
            ? ("tokens", "data.vocab and data.merges go together: a vocabulary of byte pairs is two files.")
        : (data.Encoding is null) == (data.Vocab is null)
            ? ("tokens", "data.tokens is bpe, which needs a vocabulary: either data.encoding ("
                + $"{string.Join(" or ", Enum.GetValues<TokenEncoding>().Select(Kebab.Name))}), or data.vocab and data.merges.")
        : null;
}
