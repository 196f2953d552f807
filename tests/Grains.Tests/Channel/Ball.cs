using System.Text;
using Granary.Grains.Channel;

namespace Granary.Grains.Tests;

/// <summary>Two members that throw a frame to and fro, as long as somebody wants them to.</summary>
internal sealed unsafe class Ball : IFrameSink
{
    public const string Secret = "a secret that is written many times";

    /// <summary>Several records.</summary>
    public const int Bytes = 100_000;

    private readonly byte[] _mine = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat(Secret, (Bytes / Secret.Length) + 1)))[..Bytes];
    private readonly byte[] _theirs = GC.AllocateArray<byte>(Bytes, pinned: true);
    private readonly PeerMesh _mesh;
    private bool _arrived;

    private Ball(PeerMesh mesh) => _mesh = mesh;

    public bool IsDone => _arrived && !_mesh.HasOutgoing;

    public static long Play(PeerMesh mesh, int rounds, bool serves, CancellationToken cancellation)
    {
        var ball = new Ball(mesh);
        for (var i = 0; i < rounds; i++)
        {
            ball.Round(serves, i, cancellation);
        }

        return rounds;
    }

    /// <summary>The one that serves ends it, with a ball of another kind. Returns how often it came.</summary>
    public static long PlayUntil(PeerMesh mesh, bool serves, CancellationToken over, CancellationToken cancellation)
    {
        var ball = new Ball(mesh);
        for (long rounds = 0; ; rounds++)
        {
            if (ball.Round(serves, rounds, cancellation, last: serves && over.IsCancellationRequested))
            {
                return rounds;
            }
        }
    }

    private bool _last;

    private bool Round(bool serves, long number, CancellationToken cancellation, bool last = false)
    {
        (_arrived, _last) = (false, last);
        Array.Clear(_theirs);
        fixed (byte* mine = _mine)
        {
            if (serves)
            {
                Throw(mine, number, last);
                _mesh.Drive(this, cancellation);
            }
            else
            {
                _mesh.Drive(this, cancellation);
                Throw(mine, number, _last);
                while (_mesh.HasOutgoing)
                {
                    _mesh.Links[0].TrySend(frames: 1);
                }
            }
        }

        Assert.True(_theirs.AsSpan().SequenceEqual(_mine));
        return _last;
    }

    private void Throw(byte* mine, long number, bool last) =>
        _mesh.Links[0].Enqueue(new FrameHeader { Kind = FrameKind.Sum, Step = number, Part = last ? 1 : 0, Length = Bytes }, mine);

    public nint Place(int peer, in FrameHeader header)
    {
        Assert.Equal(Bytes, header.Length);
        return (nint)System.Runtime.CompilerServices.Unsafe.AsPointer(ref _theirs[0]);
    }

    public void Arrived(int peer, in FrameHeader header)
    {
        _arrived = true;
        _last |= header.Part == 1;
    }

    public bool Work() => false;
}
