namespace Granary.Model.Data;

/// <summary>A run of whole lines of one part, the last one with its end.</summary>
/// <param name="Index">Which of all chunks, from 0.</param>
/// <param name="Length">Bytes.</param>
internal readonly record struct LineChunk(int Index, int Length);

/// <summary>Cuts lines into chunks that a core's cache holds, one after another, for whoever is free to read one: safe for several
/// threads. The bytes are read once, and hashed as they pass.</summary>
/// <param name="parts">The lines.</param>
/// <param name="bytes">Of a chunk, about.</param>
internal sealed class LineChunks(IReadOnlyList<LinePart> parts, int bytes = LineChunks.Usual) : IDisposable
{
    /// <summary>Bytes of a chunk, about.</summary>
    public const int Usual = 1 << 18;

    /// <summary>Bytes behind a chunk that may be looked at.</summary>
    public const int Margin = 16;

    private const int LongestLine = 1 << 28;

    private readonly Lock _turn = new();
    private readonly ContentHash _hash = new();
    private byte[] _rest = [];
    private Stream? _open;
    private int _part;
    private long _left;
    private int _next;

    /// <summary>Whether a line was longer than any row can be: then there are no more chunks.</summary>
    public bool HasOverlong { get; private set; }

    /// <summary>Of all lines and of where one part ends and the next one begins, once there are no more chunks.</summary>
    public UInt128 Hash => _hash.Value;

    /// <summary>The next chunk; null where there is none.</summary>
    /// <param name="buffer">Receives it; a larger one takes its place where a line is longer.</param>
    public LineChunk? Next(ref byte[] buffer)
    {
        lock (_turn)
        {
            while (!HasOverlong && (_open is not null || _part < parts.Count))
            {
                if (Fill(ref buffer) is > 0 and var length)
                {
                    return new LineChunk(_next++, length);
                }
            }

            return null;
        }
    }

    // 0 where a part was empty.
    private int Fill(ref byte[] buffer)
    {
        if (_open is null)
        {
            (_open, _left) = (parts[_part].Open(), parts[_part].Length);
            _hash.Append(_left);
        }

        if (buffer.Length < Math.Max(bytes, _rest.Length) + Margin)
        {
            buffer = new byte[Math.Max(bytes, _rest.Length) + Margin];
        }

        _rest.CopyTo(buffer, 0);
        for (var have = _rest.Length; ;)
        {
            var got = buffer.AsSpan(have, (int)Math.Min(_left, buffer.Length - Margin - have));
            _open.ReadExactly(got);
            _hash.Append(got);
            _left -= got.Length;
            have += got.Length;
            if (_left == 0)
            {
                Close();
                if (have > 0 && buffer[have - 1] != '\n')
                {
                    buffer[have++] = (byte)'\n';
                }

                return have;
            }

            if (buffer.AsSpan(0, have).LastIndexOf((byte)'\n') is >= 0 and var last)
            {
                _rest = buffer[(last + 1)..have];
                return last + 1;
            }

            if (buffer.Length > LongestLine)
            {
                HasOverlong = true;
                return 0;
            }

            Array.Resize(ref buffer, (2 * buffer.Length) - Margin);
        }
    }

    private void Close()
    {
        _open?.Dispose();
        (_open, _rest) = (null, []);
        _part++;
    }

    /// <summary>The hash of lines that are only looked at for it.</summary>
    public static UInt128 HashOf(IReadOnlyList<LinePart> parts)
    {
        using var hash = new ContentHash();
        var buffer = new byte[Usual];
        foreach (var part in parts)
        {
            hash.Append(part.Length);
            using var stream = part.Open();
            for (var left = part.Length; left > 0;)
            {
                var got = buffer.AsSpan(0, (int)Math.Min(left, buffer.Length));
                stream.ReadExactly(got);
                hash.Append(got);
                left -= got.Length;
            }
        }

        return hash.Value;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _open?.Dispose();
        _hash.Dispose();
    }
}
