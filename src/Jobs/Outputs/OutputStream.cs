namespace Granary.Jobs;

/// <summary>A stream that is written to. Its own errors are told as those of the file it writes, so that they are not taken for those of
/// a file that is read meanwhile.</summary>
/// <param name="file">Where it goes.</param>
/// <param name="told">The error as a user is told of it.</param>
internal sealed class OutputStream(Stream file, Func<Exception, JobException> told) : Stream
{
    /// <inheritdoc/>
    public override bool CanRead => false;

    /// <inheritdoc/>
    public override bool CanSeek => file.CanSeek;

    /// <inheritdoc/>
    public override bool CanWrite => true;

    /// <inheritdoc/>
    public override long Length => file.Length;

    /// <inheritdoc/>
    public override long Position
    {
        get => file.Position;
        set => Try(() => file.Position = value);
    }

    /// <inheritdoc/>
    public override void Flush() => Try(file.Flush);

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin)
    {
        Try(() => file.Seek(offset, origin));
        return file.Position;
    }

    /// <inheritdoc/>
    public override void SetLength(long value) => Try(() => file.SetLength(value));

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    /// <inheritdoc/>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        try
        {
            file.Write(buffer);
        }
        catch (Exception e) when (FileTrouble.Is(e))
        {
            throw told(e);
        }
    }

    private void Try(Action action)
    {
        try
        {
            action();
        }
        catch (Exception e) when (FileTrouble.Is(e))
        {
            throw told(e);
        }
    }
}
