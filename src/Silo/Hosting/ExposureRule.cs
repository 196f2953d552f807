using System.Net;

namespace Granary.Silo.Hosting;

/// <summary>What may listen beyond this machine: what demands certificates, or was told not to.</summary>
internal static class ExposureRule
{
    /// <summary>Why a silo must not start; null: it may.</summary>
    /// <param name="listening">Each address at which it would listen, with the option that says so.</param>
    /// <param name="hasCertificates">Whether its ports demand TLS.</param>
    /// <param name="isInsecure">Whether it was told to do without.</param>
    public static string? Refusal(IReadOnlyList<(string Option, IPAddress Address)> listening, bool hasCertificates, bool isInsecure) =>
        hasCertificates || isInsecure || Beyond(listening) is not { } open ? null
            : $"{open.Option} is {open.Address}: others could reach this silo there, and anyone who did could read the job's data, change its weights and run jobs. "
              + "Give it certificates (--certs DIR; granary certs init and granary certs issue make them), or say --insecure (GRANARY_INSECURE) where everyone in the network is trusted.";

    /// <summary>What a silo says each time it starts unprotected; null: it is not.</summary>
    /// <inheritdoc cref="Refusal" path="/param"/>
    public static string? Warning(IReadOnlyList<(string Option, IPAddress Address)> listening, bool hasCertificates, bool isInsecure) =>
        hasCertificates || !isInsecure || Beyond(listening) is not { } open ? null
            : $"warning: this silo listens at {open.Address} without certificates (--insecure): whoever reaches it can read the job's data, change its weights and run jobs. Certificates: granary certs";

    private static (string Option, IPAddress Address)? Beyond(IReadOnlyList<(string Option, IPAddress Address)> listening)
    {
        foreach (var place in listening)
        {
            if (!IPAddress.IsLoopback(place.Address))
            {
                return place;
            }
        }

        return null;
    }
}
