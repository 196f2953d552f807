using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Unicode;

namespace Granary.Model.Data;

/// <summary>Numbers for labels, from 0, in the order in which they are met.</summary>
internal sealed class LabelNames
{
    private readonly Dictionary<byte[], int> _byBytes = new(new Bytes());
    private readonly Dictionary<byte[], int>.AlternateLookup<ReadOnlySpan<byte>> _bytes;
    private readonly Dictionary<string, int> _byName = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _texts;
    private readonly List<string> _names = [];

    private readonly MissingCells? _missing;

    /// <param name="missing">Which labels, as they are written, are none.</param>
    public LabelNames(MissingCells? missing = null)
    {
        _bytes = _byBytes.GetAlternateLookup<ReadOnlySpan<byte>>();
        _texts = _byName.GetAlternateLookup<ReadOnlySpan<char>>();
        _missing = missing;
    }

    /// <summary>The labels.</summary>
    public IReadOnlyList<string> Names => _names;

    /// <summary>The number of a label.</summary>
    public int Of(string name)
    {
        if (!_byName.TryGetValue(name, out var number))
        {
            _byName.Add(name, number = _names.Count);
            _names.Add(name);
        }

        return number;
    }

    /// <summary>The same of characters, which become a text where they are met first.</summary>
    public int Of(ReadOnlySpan<char> name) => _texts.TryGetValue(name, out var number) ? number : Of(name.ToString());

    /// <summary>The number of a label as it is written; false where it is none, or has to be looked at more closely.</summary>
    public bool TryOf(ReadOnlySpan<byte> text, out int number)
    {
        if (_bytes.TryGetValue(text, out number))
        {
            return true;
        }

        if (!Utf8.IsValid(text))
        {
            return false;
        }

        var name = Encoding.UTF8.GetString(text).Trim();
        if (name.Length == 0 || name.Contains('\ufffd', StringComparison.Ordinal) || _missing?.HasLabel(name) == true)
        {
            return false;
        }

        _byBytes.Add(text.ToArray(), number = Of(name));
        return true;
    }

    private sealed class Bytes : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
    {
        public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

        public int GetHashCode([DisallowNull] byte[] obj) => GetHashCode(obj.AsSpan());

        public bool Equals(ReadOnlySpan<byte> alternate, byte[] other) => alternate.SequenceEqual(other);

        public int GetHashCode(ReadOnlySpan<byte> alternate)
        {
            var hash = default(HashCode);
            hash.AddBytes(alternate);
            return hash.ToHashCode();
        }

        public byte[] Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();
    }
}
