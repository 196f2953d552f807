using System.Globalization;
using System.Security.Cryptography;

namespace Granary.Tests.Support;

/// <summary>An object, or a piece of one, as a server for S3 keeps it.</summary>
internal sealed record S3Object(byte[] Content)
{
    /// <summary>The tag of its content, in quotes.</summary>
    public string Tag { get; } = $"\"{Convert.ToHexStringLower(MD5.HashData(Content))}\"";

    /// <summary>The object that pieces make; its tag is no hash of its content.</summary>
    public static S3Object Of(IReadOnlyCollection<S3Object> pieces) => new([.. pieces.SelectMany(p => p.Content)]) { TagOfPieces = pieces.Count };

    private int? TagOfPieces { get; init; }

    /// <summary>The tag that answers tell.</summary>
    public string Told => TagOfPieces is { } pieces ? $"{Tag[..^1]}-{pieces.ToString(CultureInfo.InvariantCulture)}\"" : Tag;
}

/// <summary>An upload in pieces that has not ended.</summary>
internal sealed record S3PendingUpload(string Key)
{
    public SortedDictionary<int, S3Object> Pieces { get; } = [];
}

/// <summary>What a server does to a request in the place of answering it.</summary>
public enum S3Fault
{
    None,

    /// <summary>Closes the connection at once.</summary>
    Drop,

    /// <summary>Closes it after half of what the request carries, as when the sender is killed.</summary>
    DropHalf,

    /// <summary>Does what is asked, and closes the connection without an answer.</summary>
    LoseAnswer,

    /// <summary>Answers 500.</summary>
    InternalError,

    /// <summary>Answers 503: ask less often.</summary>
    SlowDown,

    /// <summary>Answers 507 to whatever needs room.</summary>
    Full,

    /// <summary>Answers only when the client has gone.</summary>
    Silence,

    /// <summary>Sends half of an object and closes the connection.</summary>
    HalfAnswer,

    /// <summary>Answers after two seconds.</summary>
    Late,
}
