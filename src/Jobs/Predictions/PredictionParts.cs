using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;

namespace Granary.Jobs;

/// <summary>
/// The finished parts of a prediction, in a folder: of each its predictions, and then what is known of it. A part is finished when the second of the two is
/// there; both are there whole or not at all, so that whoever is killed loses the parts that he was at, and no other.
/// </summary>
/// <param name="folder">The folder, which is there.</param>
public sealed class PredictionParts(string folder)
{
    private const int BufferBytes = 1 << 16;

    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web);

    /// <summary>The folder.</summary>
    public string Folder => folder;

    /// <summary>Writes a part.</summary>
    /// <param name="part">Which.</param>
    /// <param name="write">Writes its predictions, and says what is known of it.</param>
    /// <exception cref="JobException">It cannot be written, or may not be written there.</exception>
    public FinishedPart Write(int part, Func<Stream, FinishedPart> write)
    {
        MustBeThere();
        if ((PathRule.Current.WriteRefusal(Content(part)) ?? PathRule.Current.WriteRefusal(State(part))) is { } refusal) // of where they lead: others may write into the folder, too
        {
            throw new JobException(refusal);
        }

        FinishedPart? made = null;
        WholeFile.Write(Content(part), file =>
        {
            using var hash = SHA256.Create();
            using (var hashed = new CryptoStream(file, hash, CryptoStreamMode.Write, leaveOpen: true))
            using (var buffered = new BufferedStream(hashed, BufferBytes))
            {
                made = write(buffered);
            }

            made = made with { Sha256 = Convert.ToHexStringLower(hash.Hash!) };
        });
        made = made! with { Bytes = new FileInfo(Content(part)).Length };
        WholeFile.Write(State(part), JsonSerializer.Serialize(made, Options));
        return made;
    }

    /// <summary>Those that are finished, in their order.</summary>
    /// <exception cref="JobException">This machine does not see the folder.</exception>
    public IReadOnlyList<FinishedPart> Finished()
    {
        MustBeThere();
        try
        {
            return [.. Directory.EnumerateFiles(folder, "*.part.json").Select(Read).OfType<FinishedPart>().Where(p => new FileInfo(Content(p.Part)) is { Exists: true } file && file.Length == p.Bytes).OrderBy(p => p.Part)];
        }
        catch (Exception e) when (FileTrouble.Is(e))
        {
            throw new JobException($"{folder}: the finished parts cannot be read: {FileTrouble.Reason(e)}.");
        }
    }

    /// <summary>All of an input's parts, in their order; null: there is a gap.</summary>
    /// <exception cref="JobException">This machine does not see the folder.</exception>
    public IReadOnlyList<FinishedPart>? All()
    {
        var row = Finished().TakeWhile((p, i) => p.Part == i).ToArray();
        var last = Array.FindIndex(row, p => p.IsLast);
        return last >= 0 ? row[..(last + 1)] : null;
    }

    /// <summary>Writes the predictions of all parts, one after another.</summary>
    /// <param name="parts">All of them, in their order.</param>
    /// <param name="output">Where they go.</param>
    /// <param name="cancellation">Ends it in the middle.</param>
    /// <exception cref="JobException">One is not what was written.</exception>
    /// <exception cref="OperationCanceledException">It was ended.</exception>
    public void Join(IReadOnlyList<FinishedPart> parts, Stream output, CancellationToken cancellation = default)
    {
        var buffer = new byte[BufferBytes];
        foreach (var part in parts)
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            using (var content = File.OpenRead(Content(part.Part)))
            {
                for (int got; (got = content.Read(buffer)) > 0;)
                {
                    hash.AppendData(buffer, 0, got);
                    output.Write(buffer, 0, got);
                    cancellation.ThrowIfCancellationRequested();
                }
            }

            if (Convert.ToHexStringLower(hash.GetHashAndReset()) != part.Sha256)
            {
                File.Delete(State(part.Part));
                throw new JobException($"{Content(part.Part)}: it is not what was written: the disk is at fault. Say the same command again: it predicts this part anew.");
            }
        }
    }

    private void MustBeThere()
    {
        if (!Directory.Exists(folder))
        {
            throw new JobException($"{folder}: the machine {Environment.MachineName} does not see it, or it was removed: model, input and output must lie under the same paths on every machine whose silos predict. Put them on a volume that all share, or leave --cluster out.");
        }
    }

    private static FinishedPart? Read(string path)
    {
        try
        {
            return JsonSerializer.Deserialize<FinishedPart>(File.ReadAllText(path), Options);
        }
        catch (JsonException)
        {
            return null; // as if it were not there
        }
    }

    private string Named(string name) => Path.Combine(folder, name);

    private string Content(int part) => Named(string.Create(CultureInfo.InvariantCulture, $"{part:D6}.part"));

    private string State(int part) => Content(part) + ".json";
}
