using System.Text;
using Granary.Model.Data;

namespace Granary.Model.Generation;

/// <summary>Byte-pair tokens to text as they come. Where the vocabulary came in files a token is its bytes; of an encoding known by
/// name a character whose bytes lie in several tokens is held back until it is whole.</summary>
internal sealed class TokenText(BytePairs pairs)
{
    private const int LongestToken = 1024;

    private readonly List<int> _held = [];
    private readonly char[] _buffer = new char[LongestToken * 4];

    /// <summary>What can be written once this token is known, in UTF-8; of an encoding by name, bytes that no character begins with become U+FFFD.</summary>
    public byte[] Next(int token)
    {
        if (pairs.Bytes(token) is { } bytes)
        {
            return bytes;
        }

        _held.Add(token);
        var text = new StringBuilder();
        while (_held.Count > 0)
        {
            var status = pairs.Tokenizer.Decode(_held, _buffer, out var used, out var written);
            text.Append(_buffer, 0, written);
            _held.RemoveRange(0, used);
            if (_held.Count == 0 || status == System.Buffers.OperationStatus.NeedMoreData)
            {
                break;
            }

            if (used == 0)
            {
                text.Append('\uFFFD');
                _held.RemoveAt(0);
            }
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }
}
