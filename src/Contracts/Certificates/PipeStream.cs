using System.IO.Pipelines;

namespace Granary.Contracts.Certificates;

/// <summary>Both ways of a connection as one stream, as a handshake wants it. Asynchronous alone.</summary>
/// <param name="pipe">The connection.</param>
internal sealed class PipeStream(IDuplexPipe pipe) : ConnectionStream
{
    private readonly Stream _input = pipe.Input.AsStream(leaveOpen: true);
    private readonly Stream _output = pipe.Output.AsStream(leaveOpen: true);

    /// <summary>The first byte that came in; -1: none has.</summary>
    public int First { get; private set; } = -1;

    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var got = await _input.ReadAsync(buffer, cancellationToken);
        if (First < 0 && got > 0)
        {
            First = buffer.Span[0];
        }

        return got;
    }

    /// <inheritdoc/>
    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => _output.WriteAsync(buffer, cancellationToken);

    /// <inheritdoc/>
    public override Task FlushAsync(CancellationToken cancellationToken) => _output.FlushAsync(cancellationToken);

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer) => _input.Read(buffer);

    /// <inheritdoc/>
    public override void Write(ReadOnlySpan<byte> buffer) => _output.Write(buffer);

    /// <inheritdoc/>
    public override void Flush() => _output.Flush();
}
