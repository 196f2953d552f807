using System.Buffers.Binary;
using System.Numerics;
using Granary.Jobs;

namespace Granary.Model.Files;

/// <summary>A safetensors file, open for reading: its header is checked whole before any tensor is read.</summary>
public sealed class SafetensorsFile : IDisposable
{
    private const long MaxHeader = 100_000_000;
    private const int BufferSize = 1 << 16;

    private readonly Stream _stream;
    private readonly long _data;

    private SafetensorsFile(string name, Stream stream, IReadOnlyDictionary<string, string> metadata, IReadOnlyList<SafetensorsEntry> tensors)
    {
        (Name, _stream, Metadata, Tensors) = (name, stream, metadata, tensors);
        _data = stream.Position;
    }

    /// <summary>Its path, for messages.</summary>
    public string Name { get; }

    /// <summary>Texts by name; empty where the file has none.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>Its tensors, in the order of their bytes.</summary>
    public IReadOnlyList<SafetensorsEntry> Tensors { get; }

    /// <summary>Opens a file and checks its header.</summary>
    /// <exception cref="JobException">There is none, it is damaged or of another kind.</exception>
    public static SafetensorsFile Open(string path)
    {
        Stream stream;
        try
        {
            if (FileKinds.Of(path) is not (FileKind.File or FileKind.Nothing))
            {
                throw new JobException(FileKinds.Refusal(path)!);
            }

            stream = JobFiles.OpenRead(path);
        }
        catch (Exception e) when (e is (IOException and not FileStoreException) or UnauthorizedAccessException or ArgumentException)
        {
            throw new JobException($"{path}: the file cannot be read: {e.Message}");
        }

        return Open(path, stream);
    }

    /// <summary>The same of a stream, which the answer owns from now on.</summary>
    public static SafetensorsFile Open(string name, Stream stream)
    {
        Span<byte> prefix = stackalloc byte[8];
        prefix.Clear();
        try
        {
            if (stream.ReadAtLeast(prefix, prefix.Length, throwOnEndOfStream: false) < prefix.Length)
            {
                throw new FormatException("it is shorter than 8 bytes");
            }

            var length = BinaryPrimitives.ReadInt64LittleEndian(prefix);
            if (length is <= 0 or > MaxHeader || length > stream.Length - prefix.Length)
            {
                throw new FormatException($"its header claims {length} bytes of a file of {stream.Length}");
            }

            var header = new byte[length];
            stream.ReadExactly(header);
            var (metadata, tensors) = SafetensorsHeader.Parse(header, stream.Length - stream.Position);
            return new SafetensorsFile(name, stream, metadata, tensors);
        }
        catch (FileStoreException)
        {
            stream.Dispose();
            throw;
        }
        catch (Exception e) when (e is FormatException or IOException)
        {
            stream.Dispose();
            throw new JobException(ForeignFormat.Describe(prefix) is { } other
                ? $"{name}: this is no safetensors file, but {other}"
                : $"{name}: this is no whole safetensors file: {e.Message}. Take a copy that is whole, or train again.");
        }
    }

    /// <summary>Reads one tensor's values.</summary>
    /// <param name="entry">One of <see cref="Tensors"/>.</param>
    /// <param name="into">Receives them; as many as the tensor has.</param>
    /// <exception cref="JobException">Its values are no floating-point numbers, or not all finite.</exception>
    public void Read<T>(SafetensorsEntry entry, Span<T> into)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (FloatFormat.BytesOf(entry.Type) is not { } bytes)
        {
            throw new JobException($"{Name}: its tensor '{entry.Name}' is of type {entry.Type}; F16, BF16, F32 and F64 can be read.");
        }

        var buffer = new byte[Math.Min(BufferSize, entry.End - entry.Start)];
        _stream.Position = _data + entry.Start;
        for (var rest = into; !rest.IsEmpty;)
        {
            var part = rest[..Math.Min(rest.Length, buffer.Length / bytes)];
            try
            {
                _stream.ReadExactly(buffer.AsSpan(0, part.Length * bytes));
            }
            catch (IOException e) when (e is not FileStoreException)
            {
                throw new JobException($"{Name}: its tensor '{entry.Name}' cannot be read: {e.Message}");
            }

            FloatFormat.Convert(entry.Type, buffer, part);
            foreach (var value in part)
            {
                if (!T.IsFinite(value))
                {
                    throw new JobException($"{Name}: its tensor '{entry.Name}' holds {value}: weights must be finite numbers.");
                }
            }

            rest = rest[part.Length..];
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _stream.Dispose();
}
