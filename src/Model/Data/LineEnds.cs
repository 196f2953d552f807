namespace Granary.Model.Data;

/// <summary>Lines that end in carriage returns, as old programs for the Mac write them, with line feeds in their place; a carriage return
/// and the line feed behind it become one.</summary>
/// <param name="inner">The lines.</param>
internal sealed class LineEnds(Stream inner) : ReadOnlyStream(inner)
{
    private const int FirstLook = 1 << 12;
    private const int LongestLine = 1 << 26;

    private bool _afterReturn;

    /// <summary>Whether the first line ends in a carriage return that no line feed follows. One within quotes belongs to a cell.</summary>
    public static bool AreCarriageReturns(SourceHead text)
    {
        var (at, inQuotes) = (0, false);
        for (var look = FirstLook; ; look = Math.Min(4 * look, LongestLine))
        {
            var head = text.Peek(look);
            var isAll = head.Length < look || look == LongestLine;
            for (; at < head.Length; at++)
            {
                if (head[at] == '\n')
                {
                    return false;
                }

                inQuotes ^= head[at] == '"';
                if (head[at] == '\r' && !inQuotes)
                {
                    var behind = head[at..].IndexOfAnyExcept((byte)'\r');
                    if (behind >= 0 || isAll)
                    {
                        return behind < 0 || head[at + behind] != '\n';
                    }

                    break; // what follows is not there yet
                }
            }

            if (isAll)
            {
                return false;
            }
        }
    }

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer)
    {
        while (true)
        {
            var got = Inner.Read(buffer);
            var kept = 0;
            for (var i = 0; i < got; i++)
            {
                var isSecond = _afterReturn && buffer[i] == '\n';
                _afterReturn = buffer[i] == '\r';
                if (!isSecond)
                {
                    buffer[kept++] = _afterReturn ? (byte)'\n' : buffer[i];
                }
            }

            if (kept > 0 || got == 0)
            {
                return kept;
            }
        }
    }
}
