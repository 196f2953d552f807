using System.Net;

namespace Granary.Silo.Hosting;

/// <summary>What this silo is to Orleans.</summary>
/// <param name="settings">Its settings.</param>
/// <param name="siloPort">Its port for other silos.</param>
/// <param name="gatewayPort">Its port for clients.</param>
/// <param name="life">See <see cref="SiloLife"/>.</param>
internal sealed class SiloDetails(SiloSettings settings, int siloPort, int gatewayPort, int life) : ILocalSiloDetails
{
    /// <inheritdoc/>
    public string Name => settings.Name;

    /// <inheritdoc/>
    public string ClusterId => settings.Cluster;

    /// <inheritdoc/>
    public string DnsHostName { get; } = Dns.GetHostName();

    /// <inheritdoc/>
    public SiloAddress SiloAddress { get; } = SiloAddress.New(settings.Address, siloPort, life);

    /// <inheritdoc/>
    public SiloAddress GatewayAddress { get; } = SiloAddress.New(settings.Address, gatewayPort, 0);
}
