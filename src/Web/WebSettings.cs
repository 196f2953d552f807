using System.Net;
using Granary.Contracts.Certificates;
using Granary.Web.Security;

namespace Granary.Web;

/// <summary>How a silo serves the API and the page.</summary>
/// <param name="Silo">The silo's name.</param>
/// <param name="Cluster">The cluster's id.</param>
/// <param name="EndPoint">Where it listens; port 0: any free one.</param>
public sealed record WebSettings(string Silo, string Cluster, IPEndPoint EndPoint)
{
    /// <summary>Whether the silos of this machine share the port, so that the address stays while one of them lives. Linux alone.</summary>
    public bool IsShared { get; init; }

    /// <summary>Names by which browsers may call it, besides its address and those of the loopback; "*": any.</summary>
    public IReadOnlyList<string> Hosts { get; init; } = [];

    /// <summary>Bytes of the longest file that may be uploaded.</summary>
    public long LongestUpload { get; init; } = 4L << 30;

    /// <summary>Bytes of all that is uploaded.</summary>
    public long UploadSpace { get; init; } = 64L << 30;

    /// <summary>Directory of what is uploaded, the same one for every silo; null: nothing can be uploaded.</summary>
    public string? Uploads { get; init; }

    /// <summary>Who may ask for what.</summary>
    public AccessSettings Access { get; init; } = new();

    /// <summary>What it is served with by HTTPS; null: by HTTP.</summary>
    public ClusterCertificates? Certificates { get; init; }
}
