namespace Granary.Model.Data;

/// <summary>The tokens of a shard's run of text that a window may start with, so that it and the token after it lie wholly in what is trained on.</summary>
internal sealed class WindowStarts
{
    private readonly List<(int Before, int First)> _runs = []; // starts before the run, its first token

    /// <param name="windows">The windows side by side that are trained on, rising: one is left out where it is held out.</param>
    /// <param name="tokens">Tokens of the run.</param>
    /// <param name="context">T.</param>
    public WindowStarts(int[] windows, long tokens, int context)
    {
        for (var i = 0; i < windows.Length;)
        {
            var end = i + 1;
            while (end < windows.Length && windows[end] == windows[end - 1] + 1)
            {
                end++;
            }

            var first = windows[i] * context;
            var isLast = windows[end - 1] == ((tokens - 1) / context) - 1; // then it goes on to the last token, which no window side by side may reach
            var last = isLast ? (int)tokens - context - 1 : windows[end - 1] * context;
            _runs.Add((Count, first));
            Count += last - first + 1;
            i = end;
        }
    }

    /// <summary>How many there are.</summary>
    public int Count { get; }

    /// <summary>One of them, rising.</summary>
    public int At(int start)
    {
        var run = _runs.FindLastIndex(r => r.Before <= start); // two at the most: one run is held out
        return _runs[run].First + start - _runs[run].Before;
    }
}
