using Granary.Contracts;

namespace Granary.Grains.Channel;

/// <summary>Whom a silo's tensor port lets in: members of its cluster that compute and encode alike. Plain rules.</summary>
/// <param name="cluster">The silo's cluster.</param>
/// <param name="platform">What it computes on.</param>
/// <param name="codec">How it encodes blocks.</param>
internal sealed class AdmissionRule(string cluster, string platform, string codec)
{
    private const int Longest = 100;

    /// <summary>Why a handshake is refused, for people; null: it is not.</summary>
    public string? Refusal(Handshake handshake) =>
        handshake.Cluster != cluster ? $"this silo belongs to cluster {cluster}, not {Shown(handshake.Cluster)}"
        : !PlatformDifference.IsNone(handshake.Platform ?? "none", platform) ? Differing(PlatformDifference.Of(platform, handshake.Platform ?? "none"))
        : (handshake.Codec ?? IdentityCodec.Instance.Name) is var theirs && theirs != codec
            ? $"this silo encodes blocks by codec {codec}, yours by {Shown(theirs)}: register the same codec on every silo"
        : null;

    /// <summary>Why one is refused that no worker of this silo expects.</summary>
    public static string Unexpected(Handshake handshake) => $"no worker here expects job {Shown(handshake.Job)}, generation {handshake.Generation}, member {handshake.From}";

    private static string Differing((string Own, string Theirs) parts) =>
        $"this silo computes on {parts.Own}, yours on {Shown(parts.Theirs)}: their results may differ in the last bit";

    // Text of an unknown peer goes into a log: one short line of it.
    private static string Shown(string? said) => said is null ? "none" : said[..Math.Min(said.Length, Longest)].ReplaceLineEndings(" ");
}
