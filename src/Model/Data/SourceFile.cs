using System.IO.Compression;
using System.Text;
using Granary.Jobs;

namespace Granary.Model.Data;

/// <summary>The bytes of one file of a source, plain or gzipped: a gzipped one is told by its first two bytes. A file is opened once and
/// read once, so that a pipe can be read too.</summary>
internal static class SourceFile
{
    /// <summary>The name of standard input, where a command takes one.</summary>
    public const string StandardInput = "-";

    private const int BufferSize = 1 << 16;

    // Longer marks before shorter ones that begin alike.
    private static readonly (byte[] Mark, Encoding Encoding)[] Encodings =
    [
        ([0xff, 0xfe, 0, 0], new UTF32Encoding(bigEndian: false, byteOrderMark: false, throwOnInvalidCharacters: true)),
        ([0, 0, 0xfe, 0xff], new UTF32Encoding(bigEndian: true, byteOrderMark: false, throwOnInvalidCharacters: true)),
        ([0xff, 0xfe], new UnicodeEncoding(bigEndian: false, byteOrderMark: false, throwOnInvalidBytes: true)),
        ([0xfe, 0xff], new UnicodeEncoding(bigEndian: true, byteOrderMark: false, throwOnInvalidBytes: true)),
    ];

    /// <summary>The bytes from the first on; a stream that can be sought in only where the file is plain.</summary>
    public static Stream OpenBytes(string path) => Unpacked(path).Rest();

    /// <summary>The same of a text: one in UTF-16 or UTF-32 with its mark comes as UTF-8.</summary>
    /// <param name="path">The file.</param>
    /// <param name="isText">Whether it must be text; else bytes that are none of it are somebody's own choice.</param>
    /// <param name="end">Where whoever reads it will probably stop; null: at its end.</param>
    /// <exception cref="JobException">The file is of a kind that is known, and is none of text.</exception>
    public static Stream OpenText(string path, bool isText = true, long? end = null)
    {
        var file = Unpacked(path, end);
        DescribeHead describe = isText ? FileSignature.Describe : static _ => null;
        return Guard(file, () => Decoded(file, describe).Rest());
    }

    /// <summary>The same of lines: those that end in carriage returns alone come with line feeds.</summary>
    /// <inheritdoc cref="OpenText" path="/exception"/>
    public static Stream OpenLines(string path)
    {
        var file = Unpacked(path);
        return Guard(file, () =>
        {
            var text = Decoded(file, FileSignature.DescribeLines);
            return LineEnds.AreCarriageReturns(text) ? new LineEnds(text.Rest()) : text.Rest();
        });
    }

    /// <summary>Whether a file's lines can be cut by its bytes: they are plain UTF-8, each ended by a line feed.</summary>
    public static bool IsCut(string path)
    {
        using var lines = OpenLines(path);
        return lines.CanSeek;
    }

    /// <summary>What is unusual about how a file is written: "gzip", "UTF-16", "lines end in CR".</summary>
    /// <param name="path">The file.</param>
    /// <param name="isText">Whether it is text, of any encoding.</param>
    /// <param name="areLines">Whether it is read line by line.</param>
    public static IReadOnlyList<string> Forms(string path, bool isText, bool areLines)
    {
        using var packed = SourceHead.Of(JobFiles.OpenRead(path), Path.GetFileName(path));
        var forms = new List<string>();
        if (packed.Peek(2) is [0x1f, 0x8b])
        {
            forms.Add("gzip");
        }

        if (!isText)
        {
            return forms;
        }

        using var file = Unpacked(path);
        foreach (var (mark, encoding) in Encodings)
        {
            if (file.Peek(FileSignature.Enough).StartsWith(mark))
            {
                forms.Add(encoding is UTF32Encoding ? "UTF-32" : "UTF-16");
                break;
            }
        }

        using var text = Decoded(file, static _ => null);
        if (areLines && LineEnds.AreCarriageReturns(text))
        {
            forms.Add("lines end in CR");
        }

        return forms;
    }

    private static SourceHead Unpacked(string path, long? end = null)
    {
        if (FileKinds.Of(path) is FileKind.Folder or FileKind.Socket)
        {
            throw new JobException(FileKinds.Refusal(path)!);
        }

        var file = SourceHead.Of(
            path == StandardInput ? Console.OpenStandardInput() : JobFiles.OpenRead(path, BufferSize, end),
            Path.GetFileName(path));
        return Guard(file, () => file.Peek(2) is [0x1f, 0x8b]
            ? SourceHead.Of(new BufferedStream(new GZipStream(file.Rest(), CompressionMode.Decompress), BufferSize), file.Name)
            : file);
    }

    private static SourceHead Decoded(SourceHead file, DescribeHead describe)
    {
        var head = file.Peek(FileSignature.Enough);
        foreach (var (mark, encoding) in Encodings)
        {
            if (head.StartsWith(mark))
            {
                file.Drop(mark.Length);
                return SourceHead.Of(Encoding.CreateTranscodingStream(file.Rest(), encoding, new UTF8Encoding(false)), file.Name);
            }
        }

        return describe(head) is { } other ? throw new JobException($"{file.Name}: {other}") : file;
    }

    private static T Guard<T>(SourceHead file, Func<T> open)
    {
        try
        {
            return open();
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private delegate string? DescribeHead(ReadOnlySpan<byte> head);

    /// <summary>Reads until a buffer is full or the file ends; returns how much was read.</summary>
    /// <exception cref="JobException">The gzip data is damaged, or the text is not of the encoding that it says.</exception>
    public static int Fill(Stream stream, string name, Span<byte> buffer)
    {
        try
        {
            return stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
        }
        catch (InvalidDataException e)
        {
            throw new JobException($"{name}: its gzip data is damaged: {e.Message} Fetch it again.");
        }
        catch (DecoderFallbackException)
        {
            throw new JobException($"{name}: it begins with the mark of UTF-16 or UTF-32, but holds bytes that are none of it. Write it again as UTF-8.");
        }
    }

    /// <summary>Number of bytes of a text, in UTF-8. A gzipped file has to be read through for it: what it says of its own length is modulo
    /// 4 GB, and of its last part alone.</summary>
    /// <param name="path">The file.</param>
    /// <param name="isText">As there.</param>
    public static long Length(string path, bool isText = true)
    {
        using var stream = OpenText(path, isText);
        return stream.CanSeek ? stream.Length : Skip(stream, Path.GetFileName(path), long.MaxValue);
    }

    /// <summary>The bytes [from, to) of a text, in UTF-8.</summary>
    public static byte[] Read(string path, long from, long to, bool isText = true)
    {
        using var stream = OpenText(path, isText, to);
        if (stream.CanSeek)
        {
            stream.Position = from;
        }
        else
        {
            Skip(stream, Path.GetFileName(path), from);
        }

        var bytes = new byte[to - from];
        return Fill(stream, Path.GetFileName(path), bytes) == bytes.Length
            ? bytes
            : throw new JobException($"{Path.GetFileName(path)}: it has become shorter while it was read. Data must not change while a job runs.");
    }

    /// <summary>Reads on over so many bytes, or to the end; returns how many there were.</summary>
    public static long Skip(Stream stream, string name, long bytes)
    {
        var buffer = new byte[1 << 16];
        long at = 0;
        while (at < bytes)
        {
            var want = (int)Math.Min(buffer.Length, bytes - at);
            var got = Fill(stream, name, buffer.AsSpan(0, want));
            at += got;
            if (got < want)
            {
                break;
            }
        }

        return at;
    }
}
