using System.Text;

namespace Granary.Web.Auditing;

/// <summary>The lines of a file from its end on: what is wanted of a long log are its last ones.</summary>
internal static class LastLines
{
    private const int Block = 64 << 10;
    private const int LongestLine = 1 << 20; // of a longer one the beginning is a line of its own, so that a file without lines costs no more than its length

    /// <summary>Reads them, the last one first. A file that is written meanwhile is read up to where it ended.</summary>
    public static IEnumerable<string> Of(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        byte[] begun = [];
        for (var end = file.Length; end > 0;)
        {
            var size = (int)Math.Min(Block, end);
            end -= size;
            byte[] bytes = [.. new byte[size], .. begun];
            file.Position = end;
            file.ReadExactly(bytes, 0, size);
            var last = bytes.Length;
            for (int at; (at = Array.LastIndexOf(bytes, (byte)'\n', last - 1, last)) >= 0; last = at)
            {
                yield return Encoding.UTF8.GetString(bytes, at + 1, last - at - 1);
                if (at == 0)
                {
                    last = 0;
                    break;
                }
            }

            begun = bytes[..last];
            if (begun.Length > LongestLine)
            {
                yield return Encoding.UTF8.GetString(begun);
                begun = [];
            }
        }

        if (begun.Length > 0)
        {
            yield return Encoding.UTF8.GetString(begun);
        }
    }
}
