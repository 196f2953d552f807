using System.Text;

namespace Granary.Client.Display;

/// <summary>Ignores errors of the stream it writes to: after one (a closed terminal, a full disk) the text is dropped. For progress and
/// notes; results are not written through it.</summary>
/// <param name="to">Where to.</param>
internal sealed class LenientWriter(TextWriter to) : TextWriter
{
    /// <summary>Makes standard error so.</summary>
    public static void ForStandardError() => Console.SetError(new LenientWriter(Console.Error));

    /// <inheritdoc/>
    public override Encoding Encoding => to.Encoding;

    /// <inheritdoc/>
    public override void Write(char value) => Try(() => to.Write(value));

    /// <inheritdoc/>
    public override void Write(char[] buffer, int index, int count) => Try(() => to.Write(buffer, index, count));

    /// <inheritdoc/>
    public override void Write(string? value) => Try(() => to.Write(value));

    /// <inheritdoc/>
    public override void WriteLine(string? value) => Try(() => to.WriteLine(value));

    /// <inheritdoc/>
    public override void Flush() => Try(to.Flush);

    private static void Try(Action write)
    {
        try
        {
            write();
        }
        catch (IOException)
        {
        }
    }
}
